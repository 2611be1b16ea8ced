-- What happens when somebody signs up after a fresh start, step by step. `rung verify` runs these steps in
-- one transaction and rolls it back; nothing stays, and sequences stand where they stood.
--
-- A step begins with the comment `-- step: NAME` and goes on to the next one. It fails when a statement
-- fails, or when a result has a column named `ok` that is not true in every one of its rows (at least one).
-- Extend it: whatever your sign-up writes, or reads back, belongs here. The setting rung.tenant_tables holds
-- the names of the tables that must carry their organization, parted by blanks.

-- step: the token of a signed-in user names the organization
CREATE FUNCTION pg_temp.sign_in(who int) RETURNS void LANGUAGE sql AS $$
  SELECT set_config('request.jwt.claims', jsonb_build_object(
    'sub', 'user_rung_verify_' || who, 'role', 'authenticated',
    'clerk_org_id', 'org_rung_verify_' || who)::text, true)
$$;
CREATE FUNCTION pg_temp.org() RETURNS text LANGUAGE sql AS $$
  SELECT current_setting('request.jwt.claims')::jsonb ->> 'clerk_org_id'
$$;
CREATE FUNCTION pg_temp.sub() RETURNS text LANGUAGE sql AS $$
  SELECT current_setting('request.jwt.claims')::jsonb ->> 'sub'
$$;
SELECT pg_temp.sign_in(1);
SELECT pg_temp.org() = 'org_rung_verify_1' AS ok;

-- step: a first login creates a client and a user with their organization
CREATE FUNCTION pg_temp.first_login() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  client uuid;
BEGIN
  INSERT INTO clients (name, slug, clerk_organization_id)
    VALUES ('Verify', 'rung-verify-' || md5(pg_temp.org()), pg_temp.org())
    RETURNING id INTO client;
  INSERT INTO users (client_id, email, role, clerk_user_id, clerk_org_id)
    VALUES (client, pg_temp.sub() || '@example.com', 'owner', pg_temp.sub(), pg_temp.org());
END $$;
SELECT pg_temp.first_login();
SELECT count(*) = 1 AS ok
FROM clients JOIN users ON users.client_id = clients.id
WHERE clients.clerk_organization_id = pg_temp.org() AND users.clerk_org_id = pg_temp.org();

-- step: every tenant table takes a row with clerk_org_id from the token
CREATE FUNCTION pg_temp.use_the_application() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  org text := pg_temp.org();
  tag text := md5(pg_temp.org());
  client uuid;
  person uuid;
  voice uuid;
  base uuid;
  agent uuid;
  folder uuid;
  contact uuid;
  campaign uuid;
  tool uuid;
  endpoint uuid;
  credential uuid;
  number uuid;
  call uuid;
  session uuid;
BEGIN
  SELECT id INTO STRICT client FROM clients WHERE clerk_organization_id = org;
  SELECT id INTO STRICT person FROM users WHERE clerk_user_id = pg_temp.sub();
  INSERT INTO voices (client_id, name, provider_voice_id, clerk_org_id)
    VALUES (client, 'Verify', tag, org) RETURNING id INTO voice;
  INSERT INTO knowledge_bases (client_id, name, clerk_org_id)
    VALUES (client, 'Verify', org) RETURNING id INTO base;
  INSERT INTO agents (client_id, voice_id, knowledge_base_id, name, clerk_org_id)
    VALUES (client, voice, base, 'Verify', org) RETURNING id INTO agent;
  INSERT INTO contact_folders (client_id, name, clerk_org_id)
    VALUES (client, 'Verify', org) RETURNING id INTO folder;
  INSERT INTO contacts (client_id, folder_id, phone, clerk_org_id)
    VALUES (client, folder, '+15550000000', org) RETURNING id INTO contact;
  INSERT INTO telephony_credentials (client_id, provider, label, encrypted_secret, clerk_org_id)
    VALUES (client, 'twilio', 'Verify', '\x00', org) RETURNING id INTO credential;
  INSERT INTO phone_numbers (client_id, telephony_credential_id, agent_id, e164, clerk_org_id)
    VALUES (client, credential, agent, '+1' || lpad((hashtext(org)::bigint & 2147483647)::text, 10, '9'), org)
    RETURNING id INTO number;
  INSERT INTO calls (client_id, agent_id, contact_id, phone_number_id, direction, from_number, to_number, clerk_org_id)
    VALUES (client, agent, contact, number, 'outbound', '+1', '+2', org) RETURNING id INTO call;
  INSERT INTO campaigns (client_id, agent_id, created_by, name, clerk_org_id)
    VALUES (client, agent, person, 'Verify', org) RETURNING id INTO campaign;
  INSERT INTO campaign_contacts (campaign_id, contact_id, last_call_id, clerk_org_id)
    VALUES (campaign, contact, call, org);
  INSERT INTO tools (client_id, name, kind, clerk_org_id)
    VALUES (client, 'verify', 'sms', org) RETURNING id INTO tool;
  INSERT INTO tool_logs (tool_id, call_id, clerk_org_id) VALUES (tool, call, org);
  INSERT INTO webhook_endpoints (client_id, url, signing_secret, clerk_org_id)
    VALUES (client, 'https://example.com', 'x', org) RETURNING id INTO endpoint;
  INSERT INTO webhook_deliveries (webhook_endpoint_id, event_type, payload, clerk_org_id)
    VALUES (endpoint, 'call.completed', '{}', org);
  INSERT INTO api_keys (client_id, created_by, name, key_prefix, key_hash, clerk_org_id)
    VALUES (client, person, 'Verify', 'verify', tag, org);
  INSERT INTO idempotency_keys (client_id, idempotency_key, method, path, request_hash, clerk_org_id)
    VALUES (client, 'rung-verify', 'POST', '/', 'x', org);
  INSERT INTO application_logs (client_id, service, message, clerk_org_id)
    VALUES (client, 'verify', 'x', org);
  INSERT INTO audit_log (client_id, actor_user_id, action, entity_type, clerk_org_id)
    VALUES (client, person, 'verify', 'client', org);
  INSERT INTO credit_transactions (client_id, call_id, kind, amount, balance_after, clerk_org_id)
    VALUES (client, call, 'bonus', 1, 1, org);
  INSERT INTO webhook_logs (client_id, source, clerk_org_id) VALUES (client, 'clerk', org);
  INSERT INTO agent_assistance_sessions (client_id, user_id, agent_id, clerk_org_id)
    VALUES (client, person, agent, org) RETURNING id INTO session;
  INSERT INTO agent_assistance_messages (session_id, author, content, clerk_org_id)
    VALUES (session, 'user', 'x', org);
END $$;
SELECT pg_temp.use_the_application();

-- step: a second organization does the same
SELECT pg_temp.sign_in(2);
SELECT pg_temp.first_login();
SELECT pg_temp.use_the_application();

-- step: each organization reads its own row of every table, and none of the other's
CREATE FUNCTION pg_temp.rows_of(tenant text, organization text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  found bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || tenant || ' WHERE clerk_org_id = $1' INTO found USING organization;
  RETURN found;
END $$;
SELECT tenant, pg_temp.rows_of(tenant, 'org_rung_verify_1') = 1
           AND pg_temp.rows_of(tenant, 'org_rung_verify_2') = 1 AS ok
FROM regexp_split_to_table(current_setting('rung.tenant_tables'), ' ') AS tenant;
SELECT count(*) = 0 AS ok
FROM calls
JOIN agents ON agents.id = calls.agent_id
JOIN contacts ON contacts.id = calls.contact_id
JOIN clients ON clients.id = calls.client_id
WHERE calls.clerk_org_id IN ('org_rung_verify_1', 'org_rung_verify_2')
  AND (agents.clerk_org_id <> calls.clerk_org_id OR contacts.clerk_org_id <> calls.clerk_org_id
    OR clients.clerk_organization_id <> calls.clerk_org_id);
