COPY item (id, name) FROM stdin;
3	three; it's
4	\N
5	\\backslash\ttab
\.

UPDATE item SET name = upper(name) WHERE id = 3;
