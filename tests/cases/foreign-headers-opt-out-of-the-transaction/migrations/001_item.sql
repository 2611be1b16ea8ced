-- atlas:txmode none
CREATE TABLE item (id int, made bigint DEFAULT txid_current());
INSERT INTO item VALUES (1);
INSERT INTO item VALUES (2);
