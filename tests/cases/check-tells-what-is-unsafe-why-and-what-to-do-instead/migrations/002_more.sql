-- Several things that one had better not do.
ALTER TABLE item
  ADD COLUMN token uuid NOT NULL DEFAULT gen_random_uuid(),
  ALTER COLUMN price TYPE numeric(8, 3),
  ALTER COLUMN org SET NOT NULL;
CREATE INDEX item_org ON item (org);

UPDATE item SET org = 'none' WHERE org IS NULL;
ALTER TABLE item RENAME COLUMN price TO cents;
