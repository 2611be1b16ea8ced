ALTER TABLE item ADD COLUMN name text;
---- create above / drop below ----
ALTER TABLE item DROP COLUMN name;
