CREATE TABLE texts (text text);
INSERT INTO texts VALUES ('
\connect nowhere
');
DO $do$
BEGIN
  INSERT INTO texts VALUES ($$
\.
$$);
END $do$;
/*
\i nothing
*/
