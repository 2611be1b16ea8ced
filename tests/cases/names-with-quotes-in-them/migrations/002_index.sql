CREATE INDEX CONCURRENTLY "i""; DROP" ON "a""b;c"."Item 'x'" ("select");
