-- rung: no-transaction
SET default_transaction_read_only = on;
SELECT 1;
SELECT 2;
