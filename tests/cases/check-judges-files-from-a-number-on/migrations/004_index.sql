CREATE INDEX item_price ON item (price);
