-- Clients bring their own telephone provider. Secrets are stored encrypted by the backend.

CREATE TABLE telephony_credentials (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  provider text NOT NULL CHECK (provider IN ('twilio', 'telnyx', 'vonage', 'plivo', 'sip')),
  label text NOT NULL,
  account_sid text,
  encrypted_secret bytea NOT NULL,
  sip_domain text,
  is_default boolean NOT NULL DEFAULT false,
  verified_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT telephony_credentials_sip_has_domain CHECK (provider <> 'sip' OR sip_domain IS NOT NULL)
);

CREATE INDEX idx_telephony_credentials_client_id ON telephony_credentials (client_id);
CREATE UNIQUE INDEX idx_telephony_credentials_default ON telephony_credentials (client_id) WHERE is_default;

CREATE TRIGGER telephony_credentials_set_updated_at
  BEFORE UPDATE ON telephony_credentials
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
