UPDATE item SET name = 'x' WHERE id = 1;
DO $$ BEGIN
  UPDATE item SET name = 'y';
  IF true THEN ROLLBACK; END IF;
END $$;
