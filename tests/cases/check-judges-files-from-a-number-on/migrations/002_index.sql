CREATE INDEX item_org ON item (org);
