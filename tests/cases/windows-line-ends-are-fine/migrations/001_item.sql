CREATE TABLE item (
  id int
);
DO $$
BEGIN
  INSERT INTO item VALUES (1);
END
$$;
-- The end.
