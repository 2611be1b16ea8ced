printf 'SELECT 1;\n' >$'migrations/002_line\nbreak.sql'
printf 'SELECT 1;\n' >$'migrations/003_\e[31mred.sql'
