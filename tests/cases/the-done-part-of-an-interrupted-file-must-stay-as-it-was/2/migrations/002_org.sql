-- rung: no-transaction
ALTER TABLE item ADD COLUMN org int;
UPDATE item SET org = 1;
