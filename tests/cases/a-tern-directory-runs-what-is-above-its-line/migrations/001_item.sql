CREATE TABLE item (id int);

---- create above / drop below ----

DROP TABLE item;
