-- The customers of the platform, and the plans they can be on.
-- set_updated_at() is shared by the small tables whose rows people edit by hand.

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
  NEW.updated_at := now();
  RETURN NEW;
END;
$$;

CREATE TABLE subscription_tiers (
  code text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  monthly_price_cents integer NOT NULL CHECK (monthly_price_cents >= 0),
  included_minutes integer NOT NULL CHECK (included_minutes >= 0),
  max_agents integer CHECK (max_agents > 0),
  overage_cents_per_minute numeric(6, 2) NOT NULL DEFAULT 0,
  features jsonb NOT NULL DEFAULT '{}',
  is_public boolean NOT NULL DEFAULT true,
  sort_order smallint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TRIGGER subscription_tiers_set_updated_at
  BEFORE UPDATE ON subscription_tiers
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

INSERT INTO subscription_tiers
  (code, name, monthly_price_cents, included_minutes, max_agents, overage_cents_per_minute, features, is_public,
    sort_order)
VALUES
  ('free', 'Free', 0, 30, 1, 0, '{"inbound": true, "outbound": false, "recordings_days": 7}', true, 10),
  ('starter', 'Starter', 4900, 400, 3, 14, '{"inbound": true, "outbound": true, "recordings_days": 30}', true, 20),
  ('growth', 'Growth', 19900, 2000, 10, 11,
    '{"inbound": true, "outbound": true, "recordings_days": 90, "webhooks": true}', true, 30),
  ('scale', 'Scale', 79900, 10000, 50, 9,
    '{"inbound": true, "outbound": true, "recordings_days": 365, "webhooks": true, "assistance": true}', true, 40),
  ('enterprise', 'Enterprise', 250000, 40000, NULL, 7,
    '{"inbound": true, "outbound": true, "recordings_days": 1825, "webhooks": true, "assistance": true, "sso": true}', false, 50);

CREATE TABLE clients (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  name text NOT NULL CHECK (name <> ''),
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9-]+$'),
  industry text,
  subscription_tier text NOT NULL DEFAULT 'free' REFERENCES subscription_tiers (code),
  status text NOT NULL DEFAULT 'trial'
    CHECK (status IN ('trial', 'active', 'past_due', 'suspended', 'closed')),
  billing_email text,
  timezone text NOT NULL DEFAULT 'UTC',
  settings jsonb NOT NULL DEFAULT '{}',
  trial_ends_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_clients_subscription_tier ON clients (subscription_tier);
CREATE INDEX idx_clients_status ON clients (status) WHERE status <> 'active';

CREATE TRIGGER clients_set_updated_at
  BEFORE UPDATE ON clients
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();
