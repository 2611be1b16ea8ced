-- migrate:up

ALTER TABLE item ADD COLUM name text;

-- migrate:down
SELECT 1;
