ALTER TABLE item ALTER COLUMN price TYPE numeric(9, 2);
