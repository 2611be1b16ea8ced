DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_type WHERE typname = 'mood') THEN
    CREATE TYPE mood AS ENUM ('sad', 'happy');
  END IF;
END $$;

DO $$ BEGIN
  CREATE TYPE mood AS ENUM ('other');
EXCEPTION
  WHEN duplicate_object THEN NULL;
END $$;

CREATE TABLE IF NOT EXISTS person (mood mood);

DO LANGUAGE plpgsql $do$
BEGIN
  IF NOT EXISTS (
    SELECT FROM information_schema.columns WHERE table_name = 'person' AND column_name = 'name'
  ) THEN
    EXECUTE 'ALTER TABLE person ADD COLUMN name text';
  END IF;
END
$do$;
