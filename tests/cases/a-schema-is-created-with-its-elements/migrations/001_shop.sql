CREATE SCHEMA shop
  CREATE TABLE item (id int PRIMARY KEY, price int)
  CREATE INDEX item_price ON item (price)
  CREATE VIEW cheap AS SELECT id FROM item WHERE price < 10;
INSERT INTO shop.item VALUES (1, 5), (2, 50);
