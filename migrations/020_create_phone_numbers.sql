-- Numbers that clients rent or connect. The first table whose rows carry the Clerk organization:
-- the new backend writes clerk_org_id, the old import still writes client_id alone.
-- rung: allow require-concurrent-index-creation because calls is still small

CREATE TABLE phone_numbers (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  clerk_org_id text,
  telephony_credential_id uuid REFERENCES telephony_credentials (id) ON DELETE SET NULL,
  agent_id uuid REFERENCES agents (id) ON DELETE SET NULL,
  e164 text NOT NULL UNIQUE CHECK (e164 ~ '^\+[1-9][0-9]{6,14}$'),
  label text,
  country_code text NOT NULL DEFAULT 'US' CHECK (length(country_code) = 2),
  capabilities text[] NOT NULL DEFAULT '{voice}',
  monthly_cost_cents integer NOT NULL DEFAULT 0 CHECK (monthly_cost_cents >= 0),
  released_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_phone_numbers_client_id ON phone_numbers (client_id);
CREATE INDEX idx_phone_numbers_agent_id ON phone_numbers (agent_id);

ALTER TABLE calls
  ADD COLUMN phone_number_id uuid REFERENCES phone_numbers (id) ON DELETE SET NULL;

CREATE INDEX idx_calls_phone_number_id ON calls (phone_number_id) WHERE phone_number_id IS NOT NULL;
