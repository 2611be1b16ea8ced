-- migrate:up
ALTER TABLE item ADD COLUMN name text;

-- migrate:down
ALTER TABLE item DROP COLUMN name;
