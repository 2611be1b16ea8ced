-- Sign-in moves to Clerk: a user is a Clerk user, a client a Clerk organization.
-- Both stay nullable until the person signs in again and someone creates the organization.

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
