ALTER TYPE public.mood ADD VALUE IF NOT EXISTS 'proud' AFTER 'sad';

DO $$
BEGIN
  INSERT INTO person VALUES ('Ada', 'proud');
END $$;
