-- One row a call, inbound or outbound, with what was said.
-- client_id is nullable: an inbound call is recorded before its number has been resolved.

CREATE TYPE call_direction AS ENUM ('inbound', 'outbound');

CREATE TYPE call_status AS ENUM ('queued', 'ringing', 'in_progress', 'completed', 'busy', 'no_answer', 'failed');

CREATE TABLE calls (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid REFERENCES clients (id) ON DELETE SET NULL,
  agent_id uuid REFERENCES agents (id) ON DELETE SET NULL,
  contact_id uuid REFERENCES contacts (id) ON DELETE SET NULL,
  direction call_direction NOT NULL,
  status call_status NOT NULL DEFAULT 'queued',
  provider_call_sid text,
  from_number text NOT NULL,
  to_number text NOT NULL,
  started_at timestamptz,
  answered_at timestamptz,
  ended_at timestamptz,
  duration_seconds integer CHECK (duration_seconds >= 0),
  recording_url text,
  transcript jsonb,
  metadata jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT calls_end_after_start CHECK (ended_at >= started_at)
);

CREATE INDEX idx_calls_client_id_created_at ON calls (client_id, created_at DESC);
CREATE INDEX idx_calls_agent_id ON calls (agent_id);
CREATE INDEX idx_calls_contact_id ON calls (contact_id);
CREATE INDEX idx_calls_live ON calls (status) WHERE status IN ('queued', 'ringing', 'in_progress');
CREATE UNIQUE INDEX idx_calls_provider_call_sid ON calls (provider_call_sid) WHERE provider_call_sid IS NOT NULL;
