-- Prepaid credits: a ledger, and the running balance next to the client for a quick check.

CREATE TYPE credit_kind AS ENUM ('purchase', 'usage', 'refund', 'bonus', 'adjustment');

CREATE TABLE credit_transactions (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  call_id uuid REFERENCES calls (id) ON DELETE SET NULL,
  kind credit_kind NOT NULL,
  amount numeric(12, 4) NOT NULL CHECK (amount <> 0),
  balance_after numeric(14, 4) NOT NULL,
  description text,
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT credit_transactions_usage_is_negative CHECK (kind <> 'usage' OR amount < 0)
);

CREATE INDEX idx_credit_transactions_client ON credit_transactions (client_id, created_at DESC);
CREATE INDEX idx_credit_transactions_call_id ON credit_transactions (call_id) WHERE call_id IS NOT NULL;

ALTER TABLE clients
  ADD COLUMN credit_balance numeric(14, 4) NOT NULL DEFAULT 0,
  ADD COLUMN low_credit_threshold numeric(12, 4) NOT NULL DEFAULT 10;
