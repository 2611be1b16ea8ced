\copy item FROM 'rows.csv' CSV
