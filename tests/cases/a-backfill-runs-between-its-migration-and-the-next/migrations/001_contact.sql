CREATE TABLE contact (id int PRIMARY KEY, phone text);
INSERT INTO contact VALUES (1, '+1 (2) 3'), (2, NULL);
