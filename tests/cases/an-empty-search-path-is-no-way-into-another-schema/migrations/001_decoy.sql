CREATE SCHEMA decoy;
CREATE TABLE decoy.migration (version text, name text, state text);
SET search_path = decoy, public;
