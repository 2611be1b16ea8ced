-- rung: no-transaction
ALTER TABLE item ADD COLUMN org text;
INSERT INTO item VALUES (3);
UPDATE item SET orgg = 'x';
