-- Sign-in moves to Clerk: a user is a Clerk user, a client a Clerk organization.
-- Both stay nullable until the person signs in again and someone creates the organization.
-- rung: allow constraint-missing-not-valid, require-concurrent-index-creation, ban-drop-column, locking-many-tables
-- because clients and users are small; the release before it no longer reads password_hash

ALTER TABLE clients
  ADD COLUMN clerk_organization_id text CHECK (clerk_organization_id LIKE 'org\_%');

CREATE UNIQUE INDEX idx_clients_clerk_organization_id ON clients (clerk_organization_id)
  WHERE clerk_organization_id IS NOT NULL;

ALTER TABLE users
  ADD COLUMN clerk_user_id text CHECK (clerk_user_id LIKE 'user\_%'),
  ADD COLUMN avatar_url text,
  DROP COLUMN password_hash;

CREATE UNIQUE INDEX idx_users_clerk_user_id ON users (clerk_user_id)
  WHERE clerk_user_id IS NOT NULL;
