-- The people whom clients call, sorted into folders.
-- Contacts created from an unknown inbound number have no client until someone claims them.

CREATE TABLE contact_folders (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  parent_id uuid REFERENCES contact_folders (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (name <> ''),
  color text NOT NULL DEFAULT '#64748b' CHECK (color ~ '^#[0-9a-f]{6}$'),
  created_at timestamptz NOT NULL DEFAULT now(),
  CONSTRAINT contact_folders_not_own_parent CHECK (parent_id <> id)
);

CREATE INDEX idx_contact_folders_client_id ON contact_folders (client_id);
CREATE INDEX idx_contact_folders_parent_id ON contact_folders (parent_id);

CREATE TABLE contacts (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid REFERENCES clients (id) ON DELETE CASCADE,
  folder_id uuid REFERENCES contact_folders (id) ON DELETE SET NULL,
  first_name text,
  last_name text,
  phone text NOT NULL,
  email text,
  company text,
  timezone text,
  source text NOT NULL DEFAULT 'manual'
    CHECK (source IN ('manual', 'import', 'api', 'inbound_call')),
  custom_fields jsonb NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_contacts_client_id_created_at ON contacts (client_id, created_at DESC);
CREATE INDEX idx_contacts_folder_id ON contacts (folder_id);
CREATE INDEX idx_contacts_phone ON contacts (phone);
CREATE INDEX idx_contacts_email ON contacts (lower(email)) WHERE email IS NOT NULL;
