-- rung: no-transaction
ALTER TABLE item ADD COLUMN org text;
UPDATE item SET orgg = 'x';
