ALTER TABLE item ADD COLUMN org text;
INSERT INTO item VALUES (3, 'café');
