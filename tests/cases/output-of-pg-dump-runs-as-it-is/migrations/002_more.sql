INSERT INTO item (name) VALUES (greet());
