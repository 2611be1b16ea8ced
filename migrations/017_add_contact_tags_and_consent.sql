-- Contacts get tags and a do-not-call mark; the folder list shows who was called last.
-- rung: allow constraint-missing-not-valid, require-concurrent-index-creation, locking-many-tables
-- because both tables are still small

ALTER TABLE contacts
  ADD COLUMN tags text[] NOT NULL DEFAULT '{}',
  ADD COLUMN do_not_call boolean NOT NULL DEFAULT false,
  ADD COLUMN do_not_call_reason text,
  ADD COLUMN last_called_at timestamptz,
  ADD CONSTRAINT contacts_reason_needs_mark CHECK (do_not_call OR do_not_call_reason IS NULL);

CREATE INDEX idx_contacts_do_not_call ON contacts (client_id) WHERE do_not_call;

ALTER TABLE contact_folders
  ADD COLUMN is_archived boolean NOT NULL DEFAULT false,
  ADD COLUMN sort_order integer NOT NULL DEFAULT 0;
