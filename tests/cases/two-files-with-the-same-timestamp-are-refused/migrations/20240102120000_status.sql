ALTER TABLE item ADD COLUMN status text;
