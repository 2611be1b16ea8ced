CREATE SCHEMA ours AUTHORIZATION pg_monitor;
SET ROLE pg_monitor;
CREATE TABLE ours.item (id int);
