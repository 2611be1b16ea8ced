-- Functions that an agent can call during a conversation, and a log of each use.
-- A log row outlives its tool, so tool_id becomes NULL when the tool is deleted.

CREATE TYPE tool_kind AS ENUM ('http', 'transfer', 'calendar', 'sms', 'end_call');

CREATE TABLE tools (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (name ~ '^[a-z][a-z0-9_]*$'),
  kind tool_kind NOT NULL,
  description text NOT NULL DEFAULT '',
  endpoint_url text,
  parameters jsonb NOT NULL DEFAULT '{}',
  timeout_ms integer NOT NULL DEFAULT 5000 CHECK (timeout_ms BETWEEN 100 AND 60000),
  is_enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT tools_name_once_per_client UNIQUE (client_id, name),
  CONSTRAINT tools_http_has_url CHECK (kind <> 'http' OR endpoint_url IS NOT NULL)
);

CREATE TRIGGER tools_set_updated_at
  BEFORE UPDATE ON tools
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE tool_logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tool_id uuid REFERENCES tools (id) ON DELETE SET NULL,
  call_id uuid REFERENCES calls (id) ON DELETE SET NULL,
  request jsonb,
  response jsonb,
  status_code smallint,
  duration_ms integer CHECK (duration_ms >= 0),
  error text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_tool_logs_tool_id_created_at ON tool_logs (tool_id, created_at DESC);
CREATE INDEX idx_tool_logs_call_id ON tool_logs (call_id);
