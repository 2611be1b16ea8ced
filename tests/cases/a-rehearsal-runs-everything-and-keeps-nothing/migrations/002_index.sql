CREATE INDEX CONCURRENTLY item_org ON item (org);
