-- rung: no-transaction
DO $$
BEGIN
  UPDATE item SET name = 'kept';
  COMMIT;
END $$;
