COPY item FROM stdin;
3	three
4	four
