CREATE TABLE part (id int);
SET ROLE pg_monitor;
DROP TABLE part;
