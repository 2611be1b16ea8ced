CREATE TABLE item (id int, made bigint DEFAULT txid_current());
BEGIN;
INSERT INTO item VALUES (1);
INSERT INTO item VALUES (2);
COMMIT;
INSERT INTO item VALUES (3);
VACUUM item;
