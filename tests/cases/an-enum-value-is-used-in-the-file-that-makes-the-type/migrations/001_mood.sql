CREATE TYPE mood AS ENUM ('sad');
ALTER TYPE mood ADD VALUE 'proud';
CREATE TABLE person (name text, mood mood DEFAULT 'proud');
INSERT INTO person VALUES ('Ada');
