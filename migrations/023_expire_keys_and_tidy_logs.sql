-- Keys expire. Logs are read by client and time, so two indexes give way to better ones.
-- rung: allow constraint-missing-not-valid, locking-many-tables, require-concurrent-index-creation, require-concurrent-index-deletion
-- because the application is stopped while the logs are tidied

ALTER TABLE api_keys
  ADD COLUMN expires_at timestamptz,
  ADD CONSTRAINT api_keys_expire_later CHECK (expires_at > created_at);

ALTER TABLE idempotency_keys
  ADD COLUMN expires_at timestamptz NOT NULL DEFAULT now() + interval '24 hours';

CREATE INDEX idx_idempotency_keys_expires_at ON idempotency_keys (expires_at);

DROP INDEX idx_application_logs_level;
DROP INDEX idx_application_logs_client_id;

CREATE INDEX idx_application_logs_client_id_created_at ON application_logs (client_id, created_at DESC);
CREATE INDEX idx_application_logs_problems ON application_logs (created_at) WHERE level IN ('warn', 'error');

COMMENT ON TABLE application_logs IS 'kept for 90 days; client_id is not checked, the client may be gone';
COMMENT ON TABLE audit_log IS 'never deleted; client_id is not checked, the client may be gone';
