ALTER TABLE item ADD COLUMN org text;
CREATE TABLE part (
  id int,
