ALTER TABLE item ADD COLUMN org text;
UPDATE item SET name = 'it's' WHERE id = 1;
