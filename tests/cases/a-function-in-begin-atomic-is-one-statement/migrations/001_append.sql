CREATE TABLE list (id int, mood text);

CREATE FUNCTION append_end(i int) RETURNS text
BEGIN ATOMIC
  INSERT INTO list VALUES (i, CASE WHEN i > 1 THEN 'end;' ELSE 'weekend' END);
  SELECT CASE WHEN i > 1 THEN mood ELSE 'begin' END FROM list WHERE id = i;
END;

CREATE PROCEDURE append_both()
BEGIN ATOMIC
  INSERT INTO list VALUES (8);
  INSERT INTO list VALUES (9);
END;

SELECT append_end(1);
CALL append_both();
