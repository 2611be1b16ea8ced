CREATE SCHEMA shop;
SET search_path = shop;
CREATE TABLE item (id int);
