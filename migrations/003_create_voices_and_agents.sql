-- The voice agents that speak on calls, and the voices they speak with.
-- A voice without a client belongs to the stock library and is offered to everyone.

CREATE TYPE agent_status AS ENUM ('draft', 'active', 'archived');

CREATE TABLE voices (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid REFERENCES clients (id) ON DELETE CASCADE,
  name text NOT NULL,
  source text NOT NULL DEFAULT 'stock' CHECK (source IN ('stock', 'cloned', 'imported')),
  provider_voice_id text NOT NULL UNIQUE,
  language text NOT NULL DEFAULT 'en-US',
  gender text CHECK (gender IN ('female', 'male', 'neutral')),
  sample_url text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_voices_client_id ON voices (client_id);

CREATE TABLE agents (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  voice_id uuid REFERENCES voices (id) ON DELETE SET NULL,
  name text NOT NULL CHECK (name <> ''),
  status agent_status NOT NULL DEFAULT 'draft',
  language text NOT NULL DEFAULT 'en-US',
  system_prompt text NOT NULL DEFAULT '',
  first_message text,
  temperature numeric(3, 2) NOT NULL DEFAULT 0.70 CHECK (temperature BETWEEN 0 AND 2),
  max_call_seconds integer NOT NULL DEFAULT 900 CHECK (max_call_seconds BETWEEN 30 AND 7200),
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_agents_client_id ON agents (client_id);
CREATE INDEX idx_agents_voice_id ON agents (voice_id);

CREATE TRIGGER agents_set_updated_at
  BEFORE UPDATE ON agents
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
