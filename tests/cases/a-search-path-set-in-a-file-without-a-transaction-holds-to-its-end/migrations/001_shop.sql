CREATE SCHEMA shop;
CREATE TABLE shop.item (id int);
SET search_path = shop;
CREATE INDEX CONCURRENTLY item_id ON item (id);
CREATE VIEW ids AS SELECT id FROM item;
