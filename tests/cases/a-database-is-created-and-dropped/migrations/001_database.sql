CREATE DATABASE rung_case_other TEMPLATE template0;
COMMENT ON DATABASE rung_case_other IS 'for a moment';
DROP DATABASE rung_case_other;
