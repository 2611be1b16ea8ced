ALTER TABLE item ADD COLUMN org text;

COPY item (id, name) FROM stdin;
3	three
four	four
\.
