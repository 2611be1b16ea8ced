ALTER TABLE item ADD COLUMN late text;
