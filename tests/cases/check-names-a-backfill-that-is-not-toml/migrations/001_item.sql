CREATE TABLE item (id bigint PRIMARY KEY, org text, price numeric(6, 2));
