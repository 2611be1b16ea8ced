UPDATE item SET name = 'same';
ALTER TABLE item ADD CONSTRAINT item_name UNIQUE (name);
