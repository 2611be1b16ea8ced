CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$
BEGIN
  FOR i IN 1..3 LOOP
    UPDATE item SET name = 'filled' WHERE id = i;
    COMMIT;
  END LOOP;
END;
$$;
