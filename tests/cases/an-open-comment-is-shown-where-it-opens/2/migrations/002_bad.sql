ALTER TABLE item ADD COLUMN org text;
/* outer /* inner */
DROP TABLE item;
