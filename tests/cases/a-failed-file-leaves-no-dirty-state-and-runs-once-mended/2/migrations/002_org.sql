ALTER TABLE item ADD COLUMN org text;
UPDATE item SET org = 'x';
