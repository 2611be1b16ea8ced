-- Superseded by 003.

/* CREATE TABLE other (id int); */
-- ; ;
