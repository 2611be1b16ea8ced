-- Three statements, the last one mistyped.
ALTER TABLE item ADD COLUMN org text;

UPDATE item SET org = 'org_' || id;

ALTER TABLE item
  ADD COLUM status text NOT NULL DEFAULT 'nèw';
