/* outer; /* inner; ' */ still outer; $$ */
CREATE TABLE item /* ; */ (
  id int -- one; two
);
/* '; */ INSERT INTO item VALUES (1) -- the last statement ends without a semicolon
/* and a comment /* or two */ */
