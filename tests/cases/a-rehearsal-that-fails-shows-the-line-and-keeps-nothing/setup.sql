CREATE TABLE item (id bigint PRIMARY KEY, org text, price numeric(6, 2)); INSERT INTO item SELECT generate_series(1, 1000); ANALYZE item;
