-- Writing an agent's prompt with help: a session per sitting, and the messages in it.
-- Sessions carry the Clerk organization like phone_numbers; a message belongs to its session.

CREATE TABLE agent_assistance_sessions (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  clerk_org_id text,
  user_id uuid REFERENCES users (id) ON DELETE SET NULL,
  agent_id uuid REFERENCES agents (id) ON DELETE SET NULL,
  title text,
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'applied', 'discarded')),
  message_count integer NOT NULL DEFAULT 0 CHECK (message_count >= 0),
  created_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz
);

CREATE INDEX idx_agent_assistance_sessions_client_id ON agent_assistance_sessions (client_id, created_at DESC);
CREATE INDEX idx_agent_assistance_sessions_agent_id ON agent_assistance_sessions (agent_id);

CREATE TABLE agent_assistance_messages (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  session_id uuid NOT NULL REFERENCES agent_assistance_sessions (id) ON DELETE CASCADE,
  author text NOT NULL CHECK (author IN ('user', 'assistant', 'system')),
  content text NOT NULL,
  token_count integer CHECK (token_count >= 0),
  suggestion jsonb,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_agent_assistance_messages_session ON agent_assistance_messages (session_id, created_at);
