CREATE TABLE item (id int PRIMARY KEY, name varchar(9));
INSERT INTO item VALUES (1, 'one'), (2, 'two');
