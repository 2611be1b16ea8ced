CREATE EXTENSION IF NOT EXISTS plpgsql;
CREATE TABLE item (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), owner text, changed timestamptz);
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
CREATE POLICY "Owners; and nobody else" ON item FOR ALL TO public
  USING ((SELECT current_setting('request.sub', true)) = owner) WITH CHECK (true);
CREATE OR REPLACE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN
  NEW.changed := now();
  RETURN NEW;
END;
$$;
CREATE TRIGGER item_touch BEFORE INSERT OR UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch();
GRANT SELECT ON ALL TABLES IN SCHEMA public TO pg_monitor;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO pg_monitor;
COMMENT ON POLICY "Owners; and nobody else" ON item IS 'it''s so; really';
INSERT INTO item (owner) VALUES ('user_1');
