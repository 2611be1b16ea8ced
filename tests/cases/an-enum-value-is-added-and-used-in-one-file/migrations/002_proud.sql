ALTER TYPE mood ADD VALUE 'proud';

INSERT INTO person VALUES ('Ada', 'proud');
ALTER TABLE person ALTER COLUMN mood SET DEFAULT 'proud';
