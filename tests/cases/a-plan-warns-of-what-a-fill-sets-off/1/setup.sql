CREATE TABLE item (id bigint PRIMARY KEY, org text, updated_at timestamptz); INSERT INTO item SELECT generate_series(1, 1000); ANALYZE item;
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch();
CREATE INDEX item_org ON item (org);
CREATE PUBLICATION supabase_realtime FOR TABLE item;
