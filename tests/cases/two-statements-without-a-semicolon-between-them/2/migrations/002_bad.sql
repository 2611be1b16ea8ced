ALTER TABLE item ADD COLUMN org text
ALTER TABLE item ADD COLUMN status text;
