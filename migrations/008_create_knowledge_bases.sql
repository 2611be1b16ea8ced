-- Documents that an agent may answer from.
-- rung: allow require-concurrent-index-creation because agents is as new as the application itself

CREATE TABLE knowledge_bases (
  id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  client_id uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE,
  name text NOT NULL CHECK (name <> ''),
  description text,
  status text NOT NULL DEFAULT 'pending'
    CHECK (status IN ('pending', 'indexing', 'ready', 'failed')),
  document_count integer NOT NULL DEFAULT 0 CHECK (document_count >= 0),
  size_bytes bigint NOT NULL DEFAULT 0 CHECK (size_bytes >= 0),
  storage_path text,
  last_indexed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX idx_knowledge_bases_client_id ON knowledge_bases (client_id);

CREATE TRIGGER knowledge_bases_set_updated_at
  BEFORE UPDATE ON knowledge_bases
  FOR EACH ROW EXECUTE FUNCTION set_updated_at();

ALTER TABLE agents
  ADD COLUMN knowledge_base_id uuid REFERENCES knowledge_bases (id) ON DELETE SET NULL;

CREATE INDEX idx_agents_knowledge_base_id ON agents (knowledge_base_id);
