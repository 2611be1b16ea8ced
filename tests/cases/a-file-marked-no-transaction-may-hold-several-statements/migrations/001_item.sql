-- rung: no-transaction
-- Each of these commits by itself.

CREATE TABLE item (id int, made bigint DEFAULT txid_current());
INSERT INTO item VALUES (1);
INSERT INTO item VALUES (2);
