CREATE TABLE texts (id serial, text text);
INSERT INTO texts (text) VALUES (E'it\'s; "so"');
INSERT INTO texts (text) VALUES (E'back\\slash\\'), (e'\\''; -- no comment');
INSERT INTO texts (text) VALUES ('a plain \'), ('; back''slash \');
INSERT INTO texts (text) VALUES (E'on two'
  ' lines\t;');
