ALTER TABLE item ADD COLUMN extra text;
ALTER TABLE itm ADD COLUMN more text;
