CREATE TABLE source (id bigint, org text); INSERT INTO source SELECT g, repeat('o', 200) FROM generate_series(1, 50000) g;
CREATE TABLE item (id bigint PRIMARY KEY, source_id bigint, org text); INSERT INTO item SELECT g, g FROM generate_series(1, 50000) g;
ANALYZE source, item;
