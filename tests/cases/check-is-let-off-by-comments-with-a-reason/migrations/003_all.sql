-- Rebuilt at night.
-- rung: allow require-concurrent-index-creation, require-concurrent-reindex
-- because the application is stopped meanwhile

CREATE INDEX item_cents ON item (cents);
REINDEX TABLE item;
