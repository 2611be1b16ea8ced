-- rung: allow drop-table, ban-drop-table

SELECT 1;
