ALTER TABLE item ADD COLUMN org text;
CREATE INDEX CONCURRENTLY item_org ON item (org);
COMMENT ON INDEX item_org IS 'by organization';
DROP INDEX CONCURRENTLY IF EXISTS item_gone;
