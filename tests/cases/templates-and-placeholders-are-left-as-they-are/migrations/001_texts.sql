CREATE TABLE texts (text text);
INSERT INTO texts VALUES ('${x} {{ .name }} :name :''quoted'' !ENV $1 %s'), ('<%= erb %>');
