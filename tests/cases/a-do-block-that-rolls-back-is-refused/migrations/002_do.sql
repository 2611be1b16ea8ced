DO $$ BEGIN
  UPDATE item SET name = 'x';
  IF true THEN ROLLBACK; END IF;
END $$;
