CREATE TABLE U&"caf\00E9;" (U&"d!0061ta" UESCAPE '!' text);
INSERT INTO "café;" VALUES (U&'\0441\043B\043E\043D; '), (U&'sl!0061sh;' UESCAPE '!');
INSERT INTO "café;" VALUES (B'101'::text), (X'1F'::text), (N'national;');
