-- As many tools ask for it.
BEGIN;

CREATE TABLE item (id int);
INSERT INTO item VALUES (1);

COMMIT;
