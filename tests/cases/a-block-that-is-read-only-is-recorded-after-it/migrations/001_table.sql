CREATE TABLE t (a integer CHECK (a > 0));
INSERT INTO t VALUES (1);
