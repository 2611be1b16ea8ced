ALTER TABLE item ADD COLUMN share int;
UPDATE item SET share = 10 / (id - 2);
