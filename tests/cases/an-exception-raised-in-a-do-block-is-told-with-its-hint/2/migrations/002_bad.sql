DO $$
BEGIN
  IF (SELECT count(*) FROM item) > 1 THEN
    RAISE EXCEPTION 'too many items' USING HINT = 'delete some', DETAIL = 'there are 2', ERRCODE = 'check_violation';
  END IF;
END $$;
