CREATE TABLE item (id int PRIMARY KEY, name text);
INSERT INTO item VALUES (1, 'one'), (2, 'two');
CREATE MATERIALIZED VIEW names AS SELECT id, name FROM item;
CREATE UNIQUE INDEX ON names (id);
