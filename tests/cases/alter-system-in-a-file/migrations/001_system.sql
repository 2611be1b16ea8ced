ALTER SYSTEM SET application_name = 'a case';
CREATE TABLE seen AS SELECT count(*) FROM pg_file_settings WHERE setting = 'a case';
ALTER SYSTEM RESET application_name;
