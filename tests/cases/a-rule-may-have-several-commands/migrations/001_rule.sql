CREATE TABLE item (id int);
CREATE TABLE log (what text);
CREATE RULE item_insert AS ON INSERT TO item DO ALSO (
  INSERT INTO log VALUES ('first; ' || new.id);
  INSERT INTO log VALUES ('second');
);
INSERT INTO item VALUES (7);
