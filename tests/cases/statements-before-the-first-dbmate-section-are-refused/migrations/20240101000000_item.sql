CREATE TABLE item (id int);
-- migrate:up
ALTER TABLE item ADD COLUMN name text;

-- migrate:down
DROP TABLE item;
