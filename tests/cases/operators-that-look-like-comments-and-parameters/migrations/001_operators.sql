CREATE TABLE item (data jsonb, tags text[]);
INSERT INTO item VALUES ('{"a;": {"b": 1}}', '{x}');
CREATE INDEX ON item ((data #>> '{a;,b}'));
CREATE INDEX ON item ((data ? 'a;'));
CREATE VIEW marks AS SELECT 1 AS "a?b", 2 AS "c:d", data @? '$.a' AS q, '10'::int AS ten, tags[1:1] AS tags FROM item;
CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql AS 'SELECT $1*2';
