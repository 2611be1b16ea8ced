-- Campaigns call only within hours, try again later, and can be paused.
-- rung: allow constraint-missing-not-valid, locking-many-tables, require-concurrent-index-creation
-- because both tables are still small

ALTER TYPE campaign_status ADD VALUE IF NOT EXISTS 'paused' AFTER 'running';

ALTER TABLE campaigns
  ADD COLUMN timezone text NOT NULL DEFAULT 'UTC',
  ADD COLUMN daily_start time NOT NULL DEFAULT '09:00',
  ADD COLUMN daily_end time NOT NULL DEFAULT '18:00',
  ADD COLUMN weekdays smallint[] NOT NULL DEFAULT '{1,2,3,4,5}',
  ADD COLUMN max_attempts smallint NOT NULL DEFAULT 3 CHECK (max_attempts BETWEEN 1 AND 20),
  ADD CONSTRAINT campaigns_daily_hours CHECK (daily_start < daily_end);

ALTER TABLE campaign_contacts
  ADD COLUMN next_attempt_at timestamptz;

CREATE INDEX idx_campaign_contacts_next_attempt ON campaign_contacts (next_attempt_at)
  WHERE next_attempt_at IS NOT NULL;
