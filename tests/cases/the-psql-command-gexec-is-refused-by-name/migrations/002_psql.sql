SELECT 'CREATE TABLE t' || n || ' ()' FROM generate_series(1, 3) AS n
\gexec
