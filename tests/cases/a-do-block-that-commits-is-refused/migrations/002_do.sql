ALTER TABLE item ADD COLUMN org text;
DO $$
BEGIN
  UPDATE item SET org = 'x';
  COMMIT;
END $$;
