CREATE FUNCTION ratio(a int, b int) RETURNS int LANGUAGE plpgsql AS $$
BEGIN
  RETURN a / b;
END;
$$;

SELECT ratio(1, 1);
SELECT ratio(
  1,
  0
);
