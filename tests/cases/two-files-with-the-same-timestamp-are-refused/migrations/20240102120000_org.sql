ALTER TABLE item ADD COLUMN org text;
