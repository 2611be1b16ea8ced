-- rung: no-transaction
INSERT INTO item
VALUES (2);
CREATE INDEX CONCURRENTLY ON item (id);
