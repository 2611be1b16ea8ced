-- rung: no-transaction
INSERT INTO item VALUES (1);
