\i shared/functions.sql
