SET SESSION AUTHORIZATION pg_monitor;
CREATE TABLE ours.other (id int);
