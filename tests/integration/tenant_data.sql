-- A handful of tenants at migration 023: clients with an organization (1, 2), one without (3); rows
-- without a client, rows of a client that is gone (9), rows that have their organization already,
-- one of them the wrong one.
CREATE FUNCTION pg_temp.key(kind text, n int) RETURNS uuid LANGUAGE sql AS $$ SELECT md5(kind || n)::uuid $$;

INSERT INTO clients (id, name, slug, clerk_organization_id) VALUES
  (pg_temp.key('client', 1), 'Acme', 'acme', 'org_acme'),
  (pg_temp.key('client', 2), 'Bolt', 'bolt', 'org_bolt'),
  (pg_temp.key('client', 3), 'Corp', 'corp', NULL);

-- Rows 1 to 9 of every table: three a client; where the column allows it 10 has none and 11 an unknown one.
CREATE TEMP TABLE owner AS SELECT n, pg_temp.key('client', 1 + n % 3) AS client FROM generate_series(1, 9) n;

INSERT INTO users (id, client_id, email) SELECT pg_temp.key('user', n), client, n || '@example.com' FROM owner;
INSERT INTO users (id, email) VALUES (pg_temp.key('user', 10), '10@example.com');
INSERT INTO api_keys (id, client_id, name, key_prefix, key_hash)
  SELECT pg_temp.key('api', n), client, 'key', 'prefix', n FROM owner;
INSERT INTO voices (id, client_id, name, provider_voice_id)
  SELECT pg_temp.key('voice', n), client, 'voice', n FROM owner;
INSERT INTO voices (id, name, provider_voice_id) VALUES (pg_temp.key('voice', 10), 'stock', '10');
INSERT INTO agents (id, client_id, name) SELECT pg_temp.key('agent', n), client, 'agent' FROM owner;
INSERT INTO contact_folders (id, client_id, name) SELECT pg_temp.key('folder', n), client, 'all' FROM owner;
INSERT INTO contacts (id, client_id, phone) SELECT pg_temp.key('contact', n), client, '+1' || n FROM owner;
INSERT INTO contacts (id, phone) VALUES (pg_temp.key('contact', 10), '+10');
INSERT INTO calls (id, client_id, direction, from_number, to_number)
  SELECT pg_temp.key('call', n), client, 'inbound', '+1', '+2' FROM owner;
INSERT INTO calls (id, direction, from_number, to_number) VALUES (pg_temp.key('call', 10), 'inbound', '+1', '+2');
INSERT INTO campaigns (id, client_id, name) SELECT pg_temp.key('campaign', n), client, 'spring' FROM owner;
INSERT INTO campaign_contacts (id, campaign_id, contact_id)
  SELECT pg_temp.key('entry', n * 10 + m), pg_temp.key('campaign', n), pg_temp.key('contact', m)
  FROM owner, generate_series(1, 3) m;
INSERT INTO knowledge_bases (id, client_id, name) SELECT pg_temp.key('base', n), client, 'base' FROM owner;
INSERT INTO tools (id, client_id, name, kind) SELECT pg_temp.key('tool', n), client, 'tool' || n, 'sms' FROM owner;
INSERT INTO tool_logs (tool_id, status_code) SELECT pg_temp.key('tool', n), n FROM owner;
INSERT INTO tool_logs (status_code) VALUES (10);
INSERT INTO webhook_endpoints (id, client_id, url, signing_secret)
  SELECT pg_temp.key('endpoint', n), client, 'https://example.com', 's' FROM owner;
INSERT INTO webhook_deliveries (id, webhook_endpoint_id, event_type, payload)
  SELECT pg_temp.key('delivery', n), pg_temp.key('endpoint', n), 'call.completed', '{}' FROM owner;
INSERT INTO credit_transactions (client_id, kind, amount, balance_after)
  SELECT client, 'purchase', n, n FROM owner;
INSERT INTO audit_log (client_id, action, entity_type) SELECT client, 'edit', n::text FROM owner;
INSERT INTO audit_log (client_id, action, entity_type) VALUES (NULL, 'login', '10'), (pg_temp.key('client', 9), 'edit', '11');
INSERT INTO application_logs (client_id, service, message) SELECT client, 'api', n::text FROM owner;
INSERT INTO application_logs (client_id, service, message)
  VALUES (NULL, 'api', '10'), (pg_temp.key('client', 9), 'api', '11');
INSERT INTO idempotency_keys (client_id, idempotency_key, method, path, request_hash)
  SELECT client, 'request-' || n, 'POST', '/', 'h' FROM owner;
INSERT INTO idempotency_keys (client_id, idempotency_key, method, path, request_hash)
  VALUES (pg_temp.key('client', 9), 'request-11', 'POST', '/', 'h');
INSERT INTO telephony_credentials (id, client_id, provider, label, encrypted_secret)
  SELECT pg_temp.key('credential', n), client, 'twilio', 'main', '\x00' FROM owner;
INSERT INTO webhook_logs (client_id, source) SELECT client, 'clerk' FROM owner;
INSERT INTO webhook_logs (source) VALUES ('clerk');
INSERT INTO phone_numbers (id, client_id, e164, clerk_org_id)
  SELECT pg_temp.key('number', n), client, '+1555000' || n,
         CASE n WHEN 3 THEN 'org_acme' WHEN 4 THEN 'org_wrong' END FROM owner;
INSERT INTO agent_assistance_sessions (id, client_id, clerk_org_id)
  SELECT pg_temp.key('session', n), client, CASE n WHEN 2 THEN 'org_early' END FROM owner;
INSERT INTO agent_assistance_messages (id, session_id, author, content)
  SELECT pg_temp.key('message', n), pg_temp.key('session', n), 'user', 'hello' FROM owner;
