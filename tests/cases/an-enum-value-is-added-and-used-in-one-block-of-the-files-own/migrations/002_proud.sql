BEGIN;
ALTER TYPE mood ADD VALUE 'proud';
CREATE TABLE person (mood mood DEFAULT 'proud');
COMMIT;
