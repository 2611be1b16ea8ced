-- People who sign in, and the keys their programs use.
-- A user may exist before joining a client, so client_id is nullable there.

CREATE TABLE users (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid REFERENCES clients (id) ON DELETE SET NULL,
  email text NOT NULL UNIQUE CHECK (position('@' IN email) > 1),
  full_name text NOT NULL DEFAULT '',
  role text NOT NULL DEFAULT 'member'
    CHECK (role IN ('owner', 'admin', 'member', 'viewer')),
  password_hash text,
  is_active boolean NOT NULL DEFAULT true,
  last_login_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_users_client_id ON users (client_id);

CREATE TABLE api_keys (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  created_by uuid REFERENCES users (id) ON DELETE SET NULL,
  name text NOT NULL,
  key_prefix text NOT NULL CHECK (length(key_prefix) BETWEEN 6 AND 16),
  key_hash text NOT NULL UNIQUE,
  scopes text[] NOT NULL DEFAULT '{}',
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_api_keys_client_id ON api_keys (client_id);
CREATE INDEX idx_api_keys_key_prefix ON api_keys (key_prefix) WHERE revoked_at IS NULL;
