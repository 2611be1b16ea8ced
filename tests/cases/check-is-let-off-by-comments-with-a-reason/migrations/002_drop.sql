-- rung: allow ban-drop-column because nothing reads it since 1.4
ALTER TABLE item DROP COLUMN org;
DROP INDEX item_price; -- rung: allow require-concurrent-index-deletion because nobody works at night
-- squawk-ignore renaming-column
ALTER TABLE item RENAME COLUMN price TO cents;
