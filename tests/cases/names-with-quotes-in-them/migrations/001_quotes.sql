CREATE SCHEMA "a""b;c";
CREATE TABLE "a""b;c"."Item 'x'" ("select" int, "$$" int);
