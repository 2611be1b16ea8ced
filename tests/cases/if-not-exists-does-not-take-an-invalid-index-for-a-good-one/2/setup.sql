UPDATE item SET name = 'other' WHERE id = 2;
