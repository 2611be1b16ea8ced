-- What came out of a call: cost, summary, mood, and why it ended.
-- Voicemail becomes a status of its own instead of a completed call.
-- rung: allow constraint-missing-not-valid, require-concurrent-index-creation
-- because calls is still small, and nobody calls at that hour

ALTER TYPE call_status ADD VALUE IF NOT EXISTS 'voicemail' AFTER 'no_answer';

ALTER TABLE calls
  ADD COLUMN cost_credits numeric(10, 4) NOT NULL DEFAULT 0 CHECK (cost_credits >= 0),
  ADD COLUMN summary text,
  ADD COLUMN sentiment text CHECK (sentiment IN ('positive', 'neutral', 'negative')),
  ADD COLUMN ended_reason text;

CREATE INDEX idx_calls_negative ON calls (created_at) WHERE sentiment = 'negative';
