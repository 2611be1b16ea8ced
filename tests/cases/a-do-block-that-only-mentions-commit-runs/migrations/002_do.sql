DO $$
BEGIN
  -- COMMIT; would be wrong here
  UPDATE item SET name = 'COMMIT; ROLLBACK;';
END $$;
