ALTER TABLE item ADD COLUMN org text;

COMMIT;
BEGIN;

UPDATE item SET org = name;
ALTER TABLE item DROP COLUMN name;
