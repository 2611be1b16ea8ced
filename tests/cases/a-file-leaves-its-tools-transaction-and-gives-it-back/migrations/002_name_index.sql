UPDATE item SET name = upper(name);

COMMIT;
CREATE INDEX CONCURRENTLY item_name ON item (name);
BEGIN;
