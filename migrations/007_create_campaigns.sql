-- Outbound campaigns: an agent works through a list of contacts.
-- The list has no client of its own, it belongs to its campaign.
-- rung: allow require-concurrent-index-creation because calls is as new as the application itself

CREATE TYPE campaign_status AS ENUM ('draft', 'scheduled', 'running', 'completed', 'cancelled');

CREATE TABLE campaigns (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  agent_id uuid REFERENCES agents (id) ON DELETE SET NULL,
  created_by uuid REFERENCES users (id) ON DELETE SET NULL,
  name text NOT NULL CHECK (name <> ''),
  status campaign_status NOT NULL DEFAULT 'draft',
  max_concurrent_calls smallint NOT NULL DEFAULT 5 CHECK (max_concurrent_calls BETWEEN 1 AND 500),
  started_at timestamptz,
  completed_at timestamptz,
  settings jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_campaigns_client_id ON campaigns (client_id);
CREATE INDEX idx_campaigns_agent_id ON campaigns (agent_id);
CREATE INDEX idx_campaigns_running ON campaigns (started_at) WHERE status = 'running';

CREATE TRIGGER campaigns_set_updated_at
  BEFORE UPDATE ON campaigns
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE campaign_contacts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  campaign_id uuid NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
  contact_id uuid NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  last_call_id uuid REFERENCES calls (id) ON DELETE SET NULL,
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'calling', 'reached', 'unreachable', 'skipped')),
  attempts smallint NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  variables jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT campaign_contacts_once UNIQUE (campaign_id, contact_id)
);

CREATE INDEX idx_campaign_contacts_contact_id ON campaign_contacts (contact_id);
CREATE INDEX idx_campaign_contacts_last_call_id ON campaign_contacts (last_call_id);
CREATE INDEX idx_campaign_contacts_pending ON campaign_contacts (campaign_id) WHERE status = 'pending';

ALTER TABLE calls
  ADD COLUMN campaign_id uuid REFERENCES campaigns (id) ON DELETE SET NULL;

CREATE INDEX idx_calls_campaign_id ON calls (campaign_id) WHERE campaign_id IS NOT NULL;
