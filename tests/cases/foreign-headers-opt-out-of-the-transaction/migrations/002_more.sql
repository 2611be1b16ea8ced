--! no-transaction

INSERT INTO item VALUES (3);
INSERT INTO item VALUES (4);
