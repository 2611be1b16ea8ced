ALTER TABLE item ALTER COLUMN price TYPE numeric(8, 2);
ALTER TABLE item ALTER COLUMN price TYPE numeric(8, 3);
ALTER TABLE item ALTER COLUMN org SET NOT NULL;
CREATE TABLE part (id bigint PRIMARY KEY);
CREATE INDEX part_id ON part (id);
