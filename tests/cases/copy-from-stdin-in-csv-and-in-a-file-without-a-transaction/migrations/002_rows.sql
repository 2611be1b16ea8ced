COPY item FROM STDIN WITH (FORMAT csv, HEADER);
id,name
3,"a;
b"
\.
CREATE INDEX CONCURRENTLY item_name ON item (name);
COPY item FROM STDIN;
\.
