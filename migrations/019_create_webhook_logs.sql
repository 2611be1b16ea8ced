-- Raw webhooks that providers send to us, stored before they are understood.
-- client_id is filled in when the sender can be resolved.

CREATE TABLE webhook_logs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id uuid REFERENCES clients (id) ON DELETE SET NULL,
  source text NOT NULL CHECK (source IN ('telephony', 'clerk', 'billing', 'calendar')),
  event_type text,
  external_id text,
  headers jsonb NOT NULL DEFAULT '{}',
  body jsonb,
  processed_at timestamptz,
  error text,
  received_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_webhook_logs_client_id ON webhook_logs (client_id);
CREATE INDEX idx_webhook_logs_received_at ON webhook_logs (received_at);
CREATE INDEX idx_webhook_logs_unprocessed ON webhook_logs (received_at) WHERE processed_at IS NULL;

-- The sender repeats a delivery that we answered late.
CREATE UNIQUE INDEX idx_webhook_logs_external_id ON webhook_logs (source, external_id)
  WHERE external_id IS NOT NULL;
