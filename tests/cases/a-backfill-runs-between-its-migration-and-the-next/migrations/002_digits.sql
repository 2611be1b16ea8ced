ALTER TABLE contact ADD COLUMN digits text;
