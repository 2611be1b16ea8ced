-- Plans limit how many calls run at once; agents learn to handle interruptions.
-- rung: allow constraint-missing-not-valid, unbatched-write, adding-not-nullable-field, renaming-column, locking-many-tables
-- because there are a handful of tiers, and few agents; settings is renamed with the release that reads it

ALTER TABLE subscription_tiers
  ADD COLUMN max_concurrent_calls integer CHECK (max_concurrent_calls > 0);

UPDATE subscription_tiers
SET max_concurrent_calls = CASE code
  WHEN 'free' THEN 1
  WHEN 'starter' THEN 5
  WHEN 'growth' THEN 20
  WHEN 'scale' THEN 100
  ELSE 500
END;

ALTER TABLE subscription_tiers
  ALTER COLUMN max_concurrent_calls SET NOT NULL;

ALTER TABLE agents
  RENAME COLUMN settings TO voice_settings;

ALTER TABLE agents
  ADD COLUMN interruption_sensitivity numeric(3, 2) NOT NULL DEFAULT 0.50
    CHECK (interruption_sensitivity BETWEEN 0 AND 1),
  ADD COLUMN end_call_phrases text[] NOT NULL DEFAULT '{}';
