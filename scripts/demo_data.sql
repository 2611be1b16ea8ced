-- Fills a database at migration 023 with a made-up but realistic set of tenants, the same on
-- every run. Needs empty tables; loads all or nothing.
--
--   psql -v ON_ERROR_STOP=1 -v clients=500 -v rows=300000 -f scripts/demo_data.sql
--
-- clients: how many; a few are large, most are small (rank 0 is the largest).
-- rows:    about how many rows over all tables; from 20 a client upwards, for every client
--          gets one of each thing that other tables refer to.
--
-- On purpose it contains: 4 % of clients without a Clerk organization, 0.5 % of rows without a
-- client where the column is nullable, 0.3 % of rows of deleted clients where no foreign key
-- forbids it, and in the two tables that have clerk_org_id already, newer rows that are filled
-- and up to seven in each that name the wrong organization.

\set ON_ERROR_STOP on
\set QUIET on
\if :{?clients}
\else
  \set clients 500
\endif
\if :{?rows}
\else
  \set rows 300000
\endif

SET client_min_messages = warning;

BEGIN;

SET LOCAL timezone = 'UTC';
SET LOCAL work_mem = '64MB';
SET LOCAL jit = off;

-- Chance, names and keys, all of them functions of a row's number alone.

-- A number in [0, 1) from the middle bits of a square; salt tells draws of one row apart.
CREATE FUNCTION pg_temp.chance(k bigint, salt integer) RETURNS double precision
LANGUAGE sql IMMUTABLE AS $$
  SELECT (((((k * 1640531527 + salt * 362437) & 2147483647)
          * ((k * 1640531527 + salt * 362437) & 2147483647)) >> 16) & 4294967295) / 4294967296.0::double precision
$$;

CREATE FUNCTION pg_temp.one_of(k bigint, salt integer, choices text[]) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT choices[1 + floor(pg_temp.chance(k, salt) * cardinality(choices))::integer]
$$;

-- Looks as if gen_random_uuid() had made it: version 4, variant 8.
CREATE FUNCTION pg_temp.key(kind text, k bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT overlay(overlay(md5(kind || k::text) PLACING '4' FROM 13 FOR 1) PLACING '8' FROM 17 FOR 1)::uuid
$$;

-- One of n keys, the first of which has the number given.
CREATE FUNCTION pg_temp.key_of(kind text, k bigint, salt integer, first bigint, n bigint) RETURNS uuid
LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_temp.key(kind, first + floor(pg_temp.chance(k, salt) * n)::bigint)
$$;

CREATE FUNCTION pg_temp.clerk_id(prefix text, k bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT prefix || '_2' || substr(translate(encode(sha256((prefix || k::text)::bytea), 'base64'), '+/=', 'kQ'), 1, 26)
$$;

CREATE FUNCTION pg_temp.first_name(k bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_temp.one_of(k, 101, ARRAY[
    'Olivia', 'Liam', 'Emma', 'Noah', 'Amara', 'Mateo', 'Sofia', 'Lucas', 'Mia', 'Ethan', 'Priya', 'Daniel',
    'Grace', 'Omar', 'Chloe', 'Hiroshi', 'Nora', 'Samuel', 'Leila', 'Jack', 'Elena', 'Marcus', 'Hannah', 'Diego',
    'Ingrid', 'Kwame', 'Zoe', 'Felix', 'Yara', 'Thomas', 'Mei', 'Adam', 'Clara', 'Ravi', 'Julia', 'Peter',
    'Fatima', 'Simon', 'Rosa', 'Walter'])
$$;

CREATE FUNCTION pg_temp.last_name(k bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT pg_temp.one_of(k, 102, ARRAY[
    'Smith', 'Garcia', 'Nguyen', 'Johnson', 'Okafor', 'Patel', 'Williams', 'Kim', 'Brown', 'Rossi', 'Jones',
    'Silva', 'Miller', 'Haddad', 'Davis', 'Tanaka', 'Lopez', 'Schmidt', 'Wilson', 'Novak', 'Anderson', 'Mensah',
    'Taylor', 'Dubois', 'Moore', 'Ivanova', 'Martin', 'Larsen', 'Lee', 'Costa', 'Clark', 'Kowalski', 'Walker',
    'Murphy', 'Young', 'Hassan', 'King', 'Weber', 'Wright', 'Singh', 'Baker', 'Moreno', 'Hill', 'Berg', 'Adams',
    'Sato', 'Campbell', 'Popescu', 'Evans', 'Fischer'])
$$;

-- The exchange 555 belongs to nobody.
CREATE FUNCTION pg_temp.phone(k bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT '+1' || (ARRAY[205, 212, 213, 303, 305, 312, 313, 404, 408, 415, 503, 504, 512, 602, 612, 614, 615, 617, 619,
    702, 704, 713, 718, 786, 801, 813, 816, 901, 916, 972])[1 + k % 30]
    || '555' || lpad(((k / 30) * 7919 % 10000)::text, 4, '0')
$$;

CREATE FUNCTION pg_temp.own_phone(k bigint) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT '+1' || (200 + k % 700)::text || '555' || lpad((k / 700)::text, 4, '0')
$$;

-- How many rows each table gets. Small tables follow the number of clients, large ones share
-- what is left of :rows.
CREATE TEMP TABLE demo_size ON COMMIT DROP AS
WITH small (of, per_client, at_least_one) AS (
  VALUES
    ('users', 3.0, true),
    ('api_keys', 1.5, false),
    ('voices', 2.0, true),
    ('agents', 4.0, true),
    ('contact_folders', 3.0, true),
    ('campaigns', 5.0, true),
    ('knowledge_bases', 2.0, true),
    ('tools', 3.0, true),
    ('webhook_endpoints', 1.5, true),
    ('telephony_credentials', 1.2, true),
    ('phone_numbers', 2.5, true)
), large (of, share, at_least_one) AS (
  VALUES
    ('calls', 0.24, true),
    ('contacts', 0.22, true),
    ('campaign_contacts', 0.20, false),
    ('application_logs', 0.13, false),
    ('agent_assistance_messages', 0.07, false),
    ('tool_logs', 0.04, false),
    ('webhook_deliveries', 0.03, false),
    ('credit_transactions', 0.025, false),
    ('audit_log', 0.02, false),
    ('agent_assistance_sessions', 0.01, true),
    ('webhook_logs', 0.01, false),
    ('idempotency_keys', 0.005, false)
), small_size AS (
  SELECT of, at_least_one,
    ceil(:clients * per_client * least(1.0, :rows / (60.0 * :clients)))::bigint AS n
  FROM small
), small_total AS (
  SELECT sum(CASE WHEN at_least_one THEN greatest(n, :clients) ELSE n END) AS n
  FROM small_size
), size AS (
  SELECT of, at_least_one, n FROM small_size
  UNION ALL
  SELECT large.of, large.at_least_one,
    ceil(large.share * greatest(0, :rows - :clients - small_total.n))::bigint
  FROM large CROSS JOIN small_total
)
SELECT of, at_least_one, CASE WHEN at_least_one THEN greatest(n, :clients) ELSE n END AS n
FROM size;

-- One row a client. Ranks 3, 28, 53, … have no organization in Clerk yet.
CREATE TEMP TABLE demo_client ON COMMIT DROP AS
SELECT
  rank,
  pg_temp.key('client', rank) AS id,
  CASE WHEN rank % 25 <> 3 THEN pg_temp.clerk_id('org', rank) END AS org,
  (ARRAY['Northwind', 'Bluebird', 'Cedar', 'Harbor', 'Summit', 'Golden Gate', 'Lakeside', 'Ironwood', 'Prairie',
    'Silver Oak', 'Redstone', 'Brightside', 'Evergreen', 'Copper', 'Skyline', 'Riverbend', 'Maple', 'Granite',
    'Sunrise', 'Beacon', 'Clearwater', 'Hawthorn', 'Juniper', 'Keystone', 'Magnolia', 'Oakmont', 'Pinecrest',
    'Quarry', 'Rosewood', 'Sterling', 'Timberline', 'Union', 'Vantage', 'Westfield', 'Amber', 'Birch', 'Crescent',
    'Dunmore', 'Eastgate', 'Fairview'])[1 + rank % 40]
  || ' ' ||
  (ARRAY['Dental', 'Insurance', 'Realty', 'Solar', 'Logistics', 'Motors', 'Clinic', 'Legal', 'Roofing', 'Travel',
    'Fitness', 'Plumbing', 'Financial', 'Home Care', 'Staffing', 'Energy', 'Hotels', 'Pharmacy', 'Academy',
    'Security',
    'Optical', 'Catering', 'Telecom', 'Veterinary', 'Mortgage', 'Cleaning', 'Landscaping', 'Consulting', 'Furniture',
    'Recovery'])[1 + (rank / 40 + rank) % 30]
  || CASE WHEN rank >= 1200 THEN ' ' || (1 + rank / 1200) ELSE '' END AS name,
  timestamptz '2023-09-04 08:00:00+00'
    + interval '500 days' * (0.6 * rank / :clients + 0.4 * pg_temp.chance(rank, 1)) AS created_at
FROM generate_series(0, :clients - 1) AS rank;

-- Which numbers of each table belong to which client: first, and n of them. The cube root gives
-- the largest of 500 clients an eighth of everything and the largest tenth nearly half.
CREATE TEMP TABLE demo_share ON COMMIT DROP AS
SELECT of, rank, first, lead(first, 1, n) OVER (PARTITION BY of ORDER BY rank) - first AS n
FROM (
  SELECT of, rank, n, base * rank
    + floor((n - base * :clients) * cbrt(rank::double precision / :clients))::bigint AS first
  FROM (SELECT of, n, CASE WHEN at_least_one THEN 1 ELSE 0 END AS base FROM demo_size) AS size
  CROSS JOIN generate_series(0, :clients - 1) AS rank
) AS share;

ANALYZE demo_client;
ANALYZE demo_share;

-- The rows to make: which number in which table, of which client, and when in the client's life.
CREATE TEMP VIEW demo_row AS
SELECT share.of, k, k - share.first AS nth, share.n AS siblings, share.rank, client.id AS client_id, client.org,
  client.name,
  client.created_at AS joined,
  timestamptz '2025-06-30 18:00:00+00' - client.created_at AS life,
  pg_temp.chance(k, 7) AS moment
FROM demo_share AS share
JOIN demo_client AS client ON client.rank = share.rank
CROSS JOIN LATERAL generate_series(share.first, share.first + share.n - 1) AS k;

INSERT INTO clients
  (id, name, slug, industry, subscription_tier, status, billing_email, timezone, settings, trial_ends_at,
   credit_balance, low_credit_threshold, clerk_organization_id, created_at, updated_at)
SELECT
  id,
  name,
  lower(replace(name, ' ', '-')),
  pg_temp.one_of(rank, 11, ARRAY['healthcare', 'insurance', 'real estate', 'home services', 'retail', 'finance',
    'travel', 'education']),
  CASE
    WHEN rank < 0.01 * :clients THEN 'enterprise'
    WHEN rank < 0.06 * :clients THEN 'scale'
    WHEN rank < 0.25 * :clients THEN 'growth'
    WHEN rank < 0.70 * :clients THEN 'starter'
    ELSE 'free'
  END,
  CASE
    WHEN rank % 37 = 20 THEN 'past_due'
    WHEN rank % 61 = 45 THEN 'suspended'
    WHEN rank > 0.95 * :clients THEN 'trial'
    ELSE 'active'
  END,
  'billing@' || lower(replace(name, ' ', '-')) || '.example.com',
  pg_temp.one_of(rank, 12, ARRAY['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles']),
  jsonb_build_object('record_calls', rank % 7 <> 2, 'locale', 'en-US'),
  created_at + interval '14 days',
  round((900 * pg_temp.chance(rank, 13) * sqrt(:clients / (rank + 1.0)))::numeric, 4),
  CASE WHEN rank < 0.06 * :clients THEN 500 ELSE 10 END,
  org,
  created_at,
  created_at + interval '20 days'
FROM demo_client
ORDER BY created_at, rank;

INSERT INTO users
  (id, client_id, email, full_name, role, is_active, last_login_at, clerk_user_id, avatar_url, created_at)
SELECT
  pg_temp.key('user', k),
  CASE WHEN pg_temp.chance(k, 20) >= 0.005 THEN client_id END,
  lower(pg_temp.first_name(k) || '.' || pg_temp.last_name(k)) || k || '@example.com',
  pg_temp.first_name(k) || ' ' || pg_temp.last_name(k),
  CASE
    WHEN nth = 0 THEN 'owner'
    WHEN pg_temp.chance(k, 21) < 0.2 THEN 'admin'
    WHEN pg_temp.chance(k, 21) < 0.9 THEN 'member'
    ELSE 'viewer'
  END,
  pg_temp.chance(k, 22) < 0.94,
  CASE WHEN pg_temp.chance(k, 23) < 0.85 THEN joined + life * (0.7 + 0.3 * pg_temp.chance(k, 24)) END,
  CASE WHEN org IS NOT NULL AND pg_temp.chance(k, 25) < 0.8 THEN pg_temp.clerk_id('user', k) END,
  CASE WHEN pg_temp.chance(k, 26) < 0.4 THEN 'https://img.example.com/avatars/' || md5('avatar' || k) || '.png' END,
  joined + life * CASE WHEN nth = 0 THEN 0 ELSE 0.7 * moment END AS created_at
FROM demo_row
WHERE of = 'users'
ORDER BY created_at, k;

INSERT INTO api_keys
  (id, client_id, created_by, name, key_prefix, key_hash, scopes, last_used_at, revoked_at, expires_at, created_at)
SELECT
  pg_temp.key('api_key', k),
  r.client_id,
  pg_temp.key_of('user', k, 31, u.first, u.n),
  pg_temp.one_of(k, 32, ARRAY['Production', 'Staging', 'CRM sync', 'Website form', 'Reporting', 'Test']),
  'vk_live_' || substr(md5('prefix' || k), 1, 6),
  md5('key' || k) || md5('hash' || k),
  CASE WHEN pg_temp.chance(k, 33) < 0.5 THEN '{calls:read,calls:write}'::text[]
    ELSE '{calls:read,contacts:write,campaigns:read}' END,
  CASE WHEN pg_temp.chance(k, 34) < 0.8 THEN r.joined + r.life * (0.85 + 0.15 * pg_temp.chance(k, 35)) END,
  CASE WHEN pg_temp.chance(k, 36) < 0.1 THEN r.joined + r.life * 0.95 END,
  CASE WHEN pg_temp.chance(k, 37) < 0.3 THEN timestamptz '2026-01-01 00:00:00+00' END,
  r.joined + r.life * 0.8 * r.moment AS created_at
FROM demo_row AS r
JOIN demo_share AS u ON u.of = 'users' AND u.rank = r.rank
WHERE r.of = 'api_keys'
ORDER BY created_at, k;

INSERT INTO voices
  (id, client_id, name, source, provider_voice_id, language, gender, sample_url, created_at)
SELECT
  pg_temp.key('voice', k),
  CASE WHEN stock THEN NULL ELSE client_id END,
  pg_temp.first_name(k) || CASE WHEN stock THEN '' ELSE ' (' || name || ')' END,
  CASE WHEN stock THEN 'stock' WHEN pg_temp.chance(k, 41) < 0.6 THEN 'cloned' ELSE 'imported' END,
  'voice_' || substr(md5('provider' || k), 1, 20),
  pg_temp.one_of(k, 42, ARRAY['en-US', 'en-US', 'en-US', 'en-GB', 'es-US', 'fr-CA']),
  pg_temp.one_of(k, 43, ARRAY['female', 'male', 'neutral']),
  'https://media.example.com/voices/' || substr(md5('provider' || k), 1, 20) || '.mp3',
  joined + life * 0.5 * moment AS created_at
FROM (SELECT *, pg_temp.chance(k, 40) < 0.005 AS stock FROM demo_row WHERE of = 'voices') AS r
ORDER BY created_at, k;

INSERT INTO knowledge_bases
  (id, client_id, name, description, status, document_count, size_bytes, storage_path, last_indexed_at, created_at,
    updated_at)
SELECT
  pg_temp.key('knowledge_base', k),
  client_id,
  pg_temp.one_of(k, 50, ARRAY['Help center', 'Price list', 'Opening hours', 'Product manuals', 'Policies',
    'Onboarding', 'Sales playbook']),
  'Documents of ' || name,
  CASE WHEN pg_temp.chance(k, 51) < 0.93 THEN 'ready' WHEN pg_temp.chance(k, 51) < 0.97 THEN 'indexing'
    ELSE 'failed' END,
  1 + floor(60 * pg_temp.chance(k, 52))::integer,
  floor(4000000 * pg_temp.chance(k, 53))::bigint,
  'knowledge/' || client_id || '/' || k,
  joined + life * 0.9,
  joined + life * 0.5 * moment AS created_at,
  joined + life * 0.9
FROM demo_row
WHERE of = 'knowledge_bases'
ORDER BY created_at, k;

INSERT INTO agents
  (id, client_id, voice_id, template_id, knowledge_base_id, name, status, language, system_prompt, first_message,
   temperature, max_call_seconds, voice_settings, interruption_sensitivity, end_call_phrases, created_at, updated_at)
SELECT
  pg_temp.key('agent', k),
  r.client_id,
  pg_temp.key_of('voice', k, 60, v.first, v.n),
  CASE WHEN pg_temp.chance(k, 61) < 0.6
    THEN ('5d1c0a52-0b0f-4a51-9b51-6d2f3c1e000' || 1 + floor(8 * pg_temp.chance(k, 62))::integer)::uuid END,
  CASE WHEN pg_temp.chance(k, 63) < 0.5 THEN pg_temp.key_of('knowledge_base', k, 64, b.first, b.n) END,
  pg_temp.first_name(k) || ', ' || pg_temp.one_of(k, 65, ARRAY['reception', 'bookings', 'sales', 'support',
    'reminders', 'surveys', 'after hours']),
  (CASE WHEN pg_temp.chance(k, 66) < 0.75 THEN 'active' WHEN pg_temp.chance(k, 66) < 0.9 THEN 'draft'
    ELSE 'archived' END)::agent_status,
  'en-US',
  'You speak for ' || r.name
    || '. Be brief and friendly. Ask one question at a time. Never promise a price or a date that '
    || 'is not in the documents. If the caller asks for a person, transfer the call during business hours and take a message otherwise.',
  'Hello, this is ' || pg_temp.first_name(k) || ' from ' || r.name || '. How can I help?',
  round((0.2 + 0.8 * pg_temp.chance(k, 67))::numeric, 2),
  300 + 60 * floor(20 * pg_temp.chance(k, 68))::integer,
  jsonb_build_object('speed', round((0.9 + 0.2 * pg_temp.chance(k, 69))::numeric, 2), 'background', 'office'),
  round(pg_temp.chance(k, 70)::numeric, 2),
  '{goodbye,"have a nice day"}',
  r.joined + r.life * 0.4 * r.moment AS created_at,
  r.joined + r.life * (0.4 + 0.5 * pg_temp.chance(k, 71))
FROM demo_row AS r
JOIN demo_share AS v ON v.of = 'voices' AND v.rank = r.rank
JOIN demo_share AS b ON b.of = 'knowledge_bases' AND b.rank = r.rank
WHERE r.of = 'agents'
ORDER BY created_at, k;

INSERT INTO tools
  (id, client_id, name, kind, description, endpoint_url, parameters, timeout_ms, is_enabled, created_at, updated_at)
SELECT
  pg_temp.key('tool', k),
  client_id,
  (ARRAY['order_lookup', 'transfer_to_person', 'book_appointment', 'send_link', 'hang_up', 'find_customer',
    'open_ticket', 'check_stock'])[1 + nth % 8]
    || CASE WHEN nth >= 8 THEN '_' || (1 + nth / 8) ELSE '' END,
  ((ARRAY['http', 'transfer', 'calendar', 'sms', 'end_call', 'http', 'http', 'http'])[1 + nth % 8])::tool_kind,
  'Used by the agents of ' || name,
  CASE WHEN nth % 8 IN (0, 5, 6, 7) THEN 'https://api.' || lower(replace(name, ' ', '-')) || '.example.com/v1/'
    || k END,
  '{"type": "object", "properties": {"reference": {"type": "string"}, "phone": {"type": "string"}}, "required": ["reference"]}',
  3000 + 500 * (k % 9)::integer,
  pg_temp.chance(k, 81) < 0.92,
  joined + life * 0.4 * moment AS created_at,
  joined + life * 0.6
FROM demo_row
WHERE of = 'tools'
ORDER BY created_at, k;

INSERT INTO webhook_endpoints
  (id, client_id, url, events, signing_secret, is_enabled, failure_count, created_at)
SELECT
  pg_temp.key('webhook_endpoint', k),
  client_id,
  'https://hooks.' || lower(replace(name, ' ', '-')) || '.example.com/voice/' || nth,
  CASE WHEN pg_temp.chance(k, 90) < 0.6 THEN '{call.completed}'::text[]
    ELSE '{call.completed,call.failed,campaign.completed}' END,
  'whsec_' || md5('secret' || k),
  pg_temp.chance(k, 91) < 0.93,
  CASE WHEN pg_temp.chance(k, 91) < 0.93 THEN 0 ELSE 20 END,
  joined + life * 0.4 * moment AS created_at
FROM demo_row
WHERE of = 'webhook_endpoints'
ORDER BY created_at, k;

INSERT INTO telephony_credentials
  (id, client_id, provider, label, account_sid, encrypted_secret, sip_domain, is_default, verified_at, created_at,
    updated_at)
SELECT
  pg_temp.key('telephony_credential', k),
  client_id,
  provider,
  initcap(provider) || ' ' || (1 + nth),
  'AC' || md5('account' || k),
  decode(md5('cipher' || k) || md5('text' || k), 'hex'),
  CASE WHEN provider = 'sip' THEN 'sip.' || lower(replace(name, ' ', '-')) || '.example.com' END,
  nth = 0,
  CASE WHEN pg_temp.chance(k, 100) < 0.9 THEN joined + life * 0.5 END,
  joined + life * 0.4 * moment AS created_at,
  joined + life * 0.5
FROM (
  SELECT *, pg_temp.one_of(k, 99, ARRAY['twilio', 'twilio', 'twilio', 'telnyx', 'vonage', 'plivo', 'sip']) AS provider
  FROM demo_row
  WHERE of = 'telephony_credentials'
) AS r
ORDER BY created_at, k;

-- Born with clerk_org_id: rows of the last months have it, older ones do not. The first number of
-- each of seven clients was moved from another account and still names that one's organization.
INSERT INTO phone_numbers
  (id, client_id, clerk_org_id, telephony_credential_id, agent_id, e164, label, country_code, capabilities,
   monthly_cost_cents, released_at, created_at)
SELECT
  pg_temp.key('phone_number', k),
  r.client_id,
  CASE
    WHEN r.org IS NULL THEN NULL
    WHEN r.nth = 0 AND r.rank IN (0, 2, 5, 9, 14, 22, 40) THEN pg_temp.clerk_id('org', r.rank
      + CASE WHEN r.rank % 2 = 0 THEN 1000000 ELSE 1 END)
    WHEN r.moment > 0.6 THEN r.org
  END,
  pg_temp.key_of('telephony_credential', k, 110, t.first, t.n),
  CASE WHEN pg_temp.chance(k, 111) < 0.85 THEN pg_temp.key_of('agent', k, 112, a.first, a.n) END,
  pg_temp.own_phone(k),
  pg_temp.one_of(k, 113, ARRAY['Main line', 'Sales', 'Support', 'Campaigns', 'Reminders', 'After hours']),
  'US',
  CASE WHEN pg_temp.chance(k, 114) < 0.5 THEN '{voice}'::text[] ELSE '{voice,sms}' END,
  100 + 15 * (k % 5)::integer,
  CASE WHEN pg_temp.chance(k, 115) < 0.04 THEN r.joined + r.life * 0.99 END,
  r.joined + r.life * (0.3 + 0.6 * r.moment) AS created_at
FROM demo_row AS r
JOIN demo_share AS t ON t.of = 'telephony_credentials' AND t.rank = r.rank
JOIN demo_share AS a ON a.of = 'agents' AND a.rank = r.rank
WHERE r.of = 'phone_numbers'
ORDER BY created_at, k;

INSERT INTO contact_folders
  (id, client_id, parent_id, name, color, is_archived, sort_order, created_at)
SELECT
  pg_temp.key('contact_folder', k),
  client_id,
  CASE WHEN nth >= 4 THEN pg_temp.key('contact_folder', k - nth + nth % 4) END,
  pg_temp.one_of(k, 120, ARRAY['New leads', 'Customers', 'Newsletter', 'Trade fair', 'Overdue', 'Former customers',
    'Website', 'Partners'])
    || CASE WHEN nth >= 4 THEN ' ' || nth ELSE '' END,
  pg_temp.one_of(k, 121, ARRAY['#64748b', '#0ea5e9', '#22c55e', '#f59e0b', '#ef4444']),
  pg_temp.chance(k, 122) < 0.08,
  nth,
  joined + life * 0.4 * moment * CASE WHEN nth < 4 THEN 0.1 ELSE 1 END AS created_at
FROM demo_row
WHERE of = 'contact_folders'
ORDER BY nth >= 4, created_at, k;

INSERT INTO contacts
  (id, client_id, folder_id, first_name, last_name, phone, email, company, timezone, source, custom_fields, tags,
   do_not_call, do_not_call_reason, last_called_at, created_at, updated_at)
SELECT
  pg_temp.key('contact', k),
  CASE WHEN pg_temp.chance(k, 130) >= 0.005 THEN r.client_id END,
  CASE WHEN pg_temp.chance(k, 131) < 0.9 THEN pg_temp.key_of('contact_folder', k, 132, f.first, f.n) END,
  pg_temp.first_name(k),
  pg_temp.last_name(k),
  pg_temp.phone(k),
  CASE WHEN pg_temp.chance(k, 133) < 0.7 THEN lower(pg_temp.first_name(k) || '.' || pg_temp.last_name(k)) || k % 1000
    || '@example.com' END,
  CASE WHEN pg_temp.chance(k, 134) < 0.3 THEN pg_temp.last_name(k + 5) || ' & ' || pg_temp.last_name(k + 9) END,
  pg_temp.one_of(k, 135, ARRAY['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles']),
  CASE WHEN pg_temp.chance(k, 130) < 0.005 THEN 'inbound_call'
    ELSE pg_temp.one_of(k, 136, ARRAY['manual', 'import', 'import', 'import', 'api', 'inbound_call']) END,
  CASE WHEN pg_temp.chance(k, 137) < 0.4 THEN jsonb_build_object('customer_no', 10000 + k, 'language', 'en')
    ELSE '{}' END,
  CASE WHEN pg_temp.chance(k, 138) < 0.25 THEN '{vip}'::text[] WHEN pg_temp.chance(k, 138) < 0.5
    THEN '{newsletter,2025}' ELSE '{}' END,
  pg_temp.chance(k, 139) < 0.02,
  CASE WHEN pg_temp.chance(k, 139) < 0.02 THEN 'asked during a call' END,
  CASE WHEN pg_temp.chance(k, 140) < 0.6 THEN r.joined + r.life * (0.7 + 0.3 * pg_temp.chance(k, 141)) END,
  r.joined + r.life * (0.05 + 0.6 * r.moment) AS created_at,
  r.joined + r.life * (0.65 + 0.3 * r.moment)
FROM demo_row AS r
JOIN demo_share AS f ON f.of = 'contact_folders' AND f.rank = r.rank
WHERE r.of = 'contacts'
ORDER BY created_at, k;

INSERT INTO campaigns
  (id, client_id, agent_id, created_by, name, status, max_concurrent_calls, started_at, completed_at, settings,
   timezone, daily_start, daily_end, weekdays, max_attempts, created_at, updated_at)
SELECT
  pg_temp.key('campaign', k),
  client_id,
  agent_id,
  created_by,
  purpose || ' ' || to_char(created_at, 'FMMonth YYYY') || CASE WHEN nth >= 12 THEN ' #' || nth ELSE '' END,
  status::campaign_status,
  2 + (k % 19)::smallint,
  CASE WHEN status NOT IN ('draft', 'scheduled') THEN created_at + interval '1 day' END,
  CASE WHEN status = 'completed' THEN created_at + interval '9 days' END,
  '{"leave_voicemail": true, "caller_id": "default"}',
  'America/New_York',
  '09:00',
  CASE WHEN k % 3 = 0 THEN '20:00'::time ELSE '18:00' END,
  CASE WHEN k % 5 = 0 THEN '{1,2,3,4,5,6}'::smallint[] ELSE '{1,2,3,4,5}' END,
  (1 + k % 5)::smallint,
  created_at,
  created_at + interval '10 days'
FROM (
  SELECT k, r.nth, r.client_id,
    pg_temp.key_of('agent', k, 150, a.first, a.n) AS agent_id,
    pg_temp.key_of('user', k, 151, u.first, u.n) AS created_by,
    pg_temp.one_of(k, 152, ARRAY['Renewals', 'Appointment reminders', 'New leads', 'Satisfaction survey',
      'Open invoices', 'Spring offer', 'Win back']) AS purpose,
    pg_temp.one_of(k, 153, ARRAY['completed', 'completed', 'completed', 'completed', 'completed', 'running',
      'running', 'paused', 'draft', 'scheduled', 'cancelled']) AS status,
    r.joined + r.life * (0.1 + 0.85 * r.moment) AS created_at
  FROM demo_row AS r
  JOIN demo_share AS a ON a.of = 'agents' AND a.rank = r.rank
  JOIN demo_share AS u ON u.of = 'users' AND u.rank = r.rank
  WHERE r.of = 'campaigns'
) AS r
ORDER BY created_at, k;

-- The nth entry of a client's lists: its campaign, and a contact that is on that list only once.
CREATE TEMP VIEW demo_listed AS
SELECT
  l.rank,
  nth,
  p.first + nth % p.n AS campaign,
  c.first + (nth / p.n + 13 * (nth % p.n)) % c.n AS contact
FROM demo_share AS l
JOIN demo_share AS p ON p.of = 'campaigns' AND p.rank = l.rank
JOIN demo_share AS c ON c.of = 'contacts' AND c.rank = l.rank
CROSS JOIN LATERAL generate_series(0, least(l.n, p.n * c.n) - 1) AS nth
WHERE l.of = 'campaign_contacts';

-- Seven in ten calls of a client belong to the entry of its lists with the same number.
INSERT INTO calls
  (id, client_id, agent_id, contact_id, campaign_id, phone_number_id, direction, status, provider_call_sid,
   from_number, to_number, started_at, answered_at, ended_at, duration_seconds, recording_url, transcript, metadata,
   cost_credits, summary, sentiment, ended_reason, created_at)
SELECT
  pg_temp.key('call', k),
  client_id,
  agent_id,
  pg_temp.key('contact', contact),
  campaign_id,
  CASE WHEN number_known THEN pg_temp.key('phone_number', number) END,
  (CASE WHEN outbound THEN 'outbound' ELSE 'inbound' END)::call_direction,
  status::call_status,
  'CA' || md5('sid' || k),
  CASE WHEN outbound THEN pg_temp.own_phone(number) ELSE pg_temp.phone(contact) END,
  CASE WHEN outbound THEN pg_temp.phone(contact) ELSE pg_temp.own_phone(number) END,
  created_at + interval '2 seconds',
  CASE WHEN talked > 0 THEN created_at + interval '11 seconds' END,
  created_at + interval '11 seconds' + talked * interval '1 second',
  talked,
  CASE WHEN talked > 0 THEN 'https://media.example.com/recordings/' || md5('sid' || k) || '.mp3' END,
  CASE WHEN status = 'completed' THEN jsonb_build_array(
    jsonb_build_object('at', 0, 'who', 'agent', 'text', 'Hello, this is ' || pg_temp.first_name(number) || ' from '
      || name || '.'),
    jsonb_build_object('at', 4, 'who', 'caller', 'text', question),
    jsonb_build_object('at', 9, 'who', 'agent', 'text', 'Of course. May I have your name and a number to reach you?'),
    jsonb_build_object('at', 15, 'who', 'caller', 'text', pg_temp.first_name(contact) || ' '
      || pg_temp.last_name(contact) || ', ' || pg_temp.phone(contact) || '.'),
    jsonb_build_object('at', 22, 'who', 'agent', 'text', 'Thank you, I have noted that. Is there anything else?'),
    jsonb_build_object('at', 27, 'who', 'caller', 'text', 'No, that is all. Goodbye.'))
  END,
  jsonb_build_object('region', (ARRAY['us-east', 'us-west', 'eu-west'])[1 + k % 3], 'codec', 'opus', 'latency_ms',
    300 + k % 700),
  round(ceil(talked / 60.0) * 0.12, 4),
  CASE WHEN status = 'completed' THEN 'Caller: "' || question || '" Noted name and number.' END,
  CASE WHEN status = 'completed' THEN pg_temp.one_of(k, 160, ARRAY['positive', 'positive', 'neutral', 'neutral',
    'neutral', 'negative']) END,
  CASE WHEN status = 'completed' THEN 'caller_hung_up' ELSE status END,
  created_at
FROM (
  SELECT
    k, r.name,
    CASE WHEN pg_temp.chance(k, 161) >= 0.005 THEN r.client_id END AS client_id,
    pg_temp.key_of('agent', k, 162, a.first, a.n) AS agent_id,
    coalesce(l.contact, c.first + floor(c.n * pg_temp.chance(k, 163))::bigint) AS contact,
    CASE WHEN l.campaign IS NOT NULL THEN pg_temp.key('campaign', l.campaign) END AS campaign_id,
    p.first + floor(p.n * pg_temp.chance(k, 164))::bigint AS number,
    r.moment > 0.4 AS number_known,
    l.campaign IS NOT NULL OR pg_temp.chance(k, 165) < 0.2 AS outbound,
    status,
    CASE status
      WHEN 'completed' THEN 20 + floor(400 * pg_temp.chance(k, 166) * pg_temp.chance(k, 167))::integer
      WHEN 'voicemail' THEN 12 + (k % 30)::integer
      ELSE 0
    END AS talked,
    pg_temp.one_of(k, 168, ARRAY[
      'I would like to move my appointment to next week.', 'Can you tell me where my order is?',
      'I got a letter about an invoice and have a question.', 'What are your opening hours on Saturday?',
      'Yes, please send me the offer by e-mail.', 'I already paid that last month.',
      'Could someone call me back this afternoon?', 'Please take me off your list.']) AS question,
    r.joined + r.life * (0.15 + 0.85 * r.moment) AS created_at
  FROM (
    SELECT *, pg_temp.one_of(k, 169, ARRAY[
      'completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed', 'completed',
      'completed', 'completed', 'no_answer', 'no_answer', 'no_answer', 'voicemail', 'voicemail', 'busy', 'failed']) AS status
    FROM demo_row
    WHERE of = 'calls'
  ) AS r
  JOIN demo_share AS a ON a.of = 'agents' AND a.rank = r.rank
  JOIN demo_share AS c ON c.of = 'contacts' AND c.rank = r.rank
  JOIN demo_share AS p ON p.of = 'phone_numbers' AND p.rank = r.rank
  LEFT JOIN demo_listed AS l ON l.rank = r.rank AND l.nth = r.nth AND pg_temp.chance(k, 170) < 0.7
  OFFSET 0
) AS r
ORDER BY created_at, k;

INSERT INTO campaign_contacts
  (id, campaign_id, contact_id, last_call_id, status, attempts, variables, next_attempt_at, created_at)
SELECT
  pg_temp.key('campaign_contact', k),
  pg_temp.key('campaign', campaign),
  pg_temp.key('contact', contact),
  CASE WHEN called THEN pg_temp.key('call', call) END,
  CASE
    WHEN called THEN pg_temp.one_of(k, 180, ARRAY['reached', 'reached', 'reached', 'unreachable'])
    WHEN pg_temp.chance(k, 181) < 0.2 THEN 'skipped'
    ELSE 'pending'
  END,
  CASE WHEN called THEN 1 + (k % 3)::smallint ELSE 0 END,
  jsonb_build_object('contact', pg_temp.first_name(contact), 'company', name, 'offer', 'A' || 100 + k % 40),
  CASE WHEN NOT called AND pg_temp.chance(k, 182) < 0.1 THEN joined + life + interval '1 day' END,
  joined + life * (0.12 + 0.85 * moment) AS created_at
FROM (
  SELECT r.*, l.campaign, l.contact, c.first + r.nth AS call,
    r.nth < c.n AND pg_temp.chance(c.first + r.nth, 170) < 0.7 AS called
  FROM demo_row AS r
  JOIN demo_listed AS l ON l.rank = r.rank AND l.nth = r.nth
  JOIN demo_share AS c ON c.of = 'calls' AND c.rank = r.rank
  WHERE r.of = 'campaign_contacts'
) AS r
ORDER BY created_at, k;

-- The log of a tool that was deleted stays, without its tool.
INSERT INTO tool_logs
  (tool_id, call_id, request, response, status_code, duration_ms, error, created_at)
SELECT
  CASE WHEN pg_temp.chance(k, 190) >= 0.005 THEN pg_temp.key_of('tool', k, 191, t.first, t.n) END,
  pg_temp.key_of('call', k, 192, c.first, c.n),
  jsonb_build_object('reference', 'R-' || 100000 + k % 90000, 'phone', pg_temp.phone(k)),
  CASE WHEN pg_temp.chance(k, 193) < 0.95 THEN '{"found": true, "state": "in transit", "days": 2}'::jsonb END,
  CASE WHEN pg_temp.chance(k, 193) < 0.95 THEN 200 ELSE 504 END,
  40 + floor(900 * pg_temp.chance(k, 194) * pg_temp.chance(k, 195))::integer,
  CASE WHEN pg_temp.chance(k, 193) >= 0.95 THEN 'upstream timed out' END,
  r.joined + r.life * (0.2 + 0.8 * r.moment) AS created_at
FROM demo_row AS r
JOIN demo_share AS t ON t.of = 'tools' AND t.rank = r.rank
JOIN demo_share AS c ON c.of = 'calls' AND c.rank = r.rank
WHERE r.of = 'tool_logs'
ORDER BY created_at, k;

INSERT INTO webhook_deliveries
  (id, webhook_endpoint_id, event_type, payload, attempt, response_status, response_body, delivered_at,
    next_retry_at, created_at)
SELECT
  pg_temp.key('webhook_delivery', k),
  pg_temp.key_of('webhook_endpoint', k, 200, e.first, e.n),
  pg_temp.one_of(k, 201, ARRAY['call.completed', 'call.completed', 'call.completed', 'call.failed',
    'campaign.completed']),
  jsonb_build_object('call_id', pg_temp.key_of('call', k, 202, c.first, c.n), 'duration', k % 300),
  CASE WHEN pg_temp.chance(k, 203) < 0.9 THEN 1 ELSE 2 + k % 4 END,
  CASE WHEN pg_temp.chance(k, 203) < 0.96 THEN 200 ELSE 503 END,
  CASE WHEN pg_temp.chance(k, 203) < 0.96 THEN 'ok' ELSE 'service unavailable' END,
  CASE WHEN pg_temp.chance(k, 203) < 0.96 THEN r.joined + r.life * (0.2 + 0.8 * r.moment) + interval '1 second' END,
  CASE WHEN pg_temp.chance(k, 203) >= 0.99 THEN r.joined + r.life * (0.2 + 0.8 * r.moment) + interval '5 minutes' END,
  r.joined + r.life * (0.2 + 0.8 * r.moment) AS created_at
FROM demo_row AS r
JOIN demo_share AS e ON e.of = 'webhook_endpoints' AND e.rank = r.rank
JOIN demo_share AS c ON c.of = 'calls' AND c.rank = r.rank
WHERE r.of = 'webhook_deliveries'
ORDER BY created_at, k;

INSERT INTO credit_transactions
  (client_id, call_id, kind, amount, balance_after, description, created_at)
SELECT
  r.client_id,
  CASE WHEN kind = 'usage' THEN pg_temp.key_of('call', k, 210, c.first, c.n) END,
  kind::credit_kind,
  amount,
  200 + sum(amount) OVER (PARTITION BY r.rank ORDER BY created_at, k),
  CASE kind WHEN 'usage' THEN 'Call' WHEN 'purchase' THEN 'Credit pack' WHEN 'refund' THEN 'Refund of a failed call'
    ELSE 'Welcome bonus' END,
  created_at
FROM (
  SELECT k, rank, client_id, kind,
    CASE kind WHEN 'usage' THEN -round((0.12 + 0.9 * pg_temp.chance(k, 211))::numeric, 2) WHEN 'purchase'
      THEN 50 WHEN 'refund' THEN 0.12 ELSE 5 END AS amount,
    joined + life * (0.05 + 0.95 * moment) AS created_at
  FROM (
    SELECT *, CASE
        WHEN pg_temp.chance(k, 212) < 0.9 THEN 'usage'
        WHEN pg_temp.chance(k, 212) < 0.97 THEN 'purchase'
        WHEN pg_temp.chance(k, 212) < 0.99 THEN 'refund'
        ELSE 'bonus'
      END AS kind
    FROM demo_row
    WHERE of = 'credit_transactions'
  ) AS r
) AS r
JOIN demo_share AS c ON c.of = 'calls' AND c.rank = r.rank
ORDER BY created_at, k;

INSERT INTO agent_assistance_sessions
  (id, client_id, clerk_org_id, user_id, agent_id, title, status, message_count, created_at, closed_at)
SELECT
  pg_temp.key('session', k),
  r.client_id,
  CASE
    WHEN r.org IS NULL THEN NULL
    WHEN r.nth = 0 AND r.rank IN (1, 4, 6, 11, 17, 25, 33) THEN pg_temp.clerk_id('org', r.rank
      + CASE WHEN r.rank % 2 = 0 THEN 1 ELSE 1000000 END)
    WHEN r.moment > 0.5 THEN r.org
  END,
  pg_temp.key_of('user', k, 220, u.first, u.n),
  pg_temp.key_of('agent', k, 221, a.first, a.n),
  pg_temp.one_of(k, 222, ARRAY['Shorter greeting', 'Handle angry callers', 'Add booking rules',
    'Translate the prompt', 'Opening hours', 'Ask for the order number']),
  pg_temp.one_of(k, 223, ARRAY['open', 'applied', 'applied', 'applied', 'discarded']),
  m.n / r.siblings + CASE WHEN r.nth < m.n % r.siblings THEN 1 ELSE 0 END,
  r.joined + r.life * (0.5 + 0.5 * r.moment) AS created_at,
  CASE WHEN pg_temp.one_of(k, 223, ARRAY['open', 'applied', 'applied', 'applied', 'discarded']) <> 'open'
    THEN r.joined + r.life * (0.5 + 0.5 * r.moment) + interval '12 minutes' END
FROM demo_row AS r
JOIN demo_share AS u ON u.of = 'users' AND u.rank = r.rank
JOIN demo_share AS a ON a.of = 'agents' AND a.rank = r.rank
JOIN demo_share AS m ON m.of = 'agent_assistance_messages' AND m.rank = r.rank
WHERE r.of = 'agent_assistance_sessions'
ORDER BY created_at, k;

INSERT INTO agent_assistance_messages
  (id, session_id, author, content, token_count, suggestion, created_at)
SELECT
  pg_temp.key('message', k),
  pg_temp.key('session', s.first + r.nth % s.n),
  CASE WHEN r.nth / s.n % 2 = 0 THEN 'user' ELSE 'assistant' END,
  CASE WHEN r.nth / s.n % 2 = 0
    THEN pg_temp.one_of(k, 230, ARRAY[
      'The greeting is too long, people hang up. Can you make it one sentence?',
      'Callers ask for prices and the agent guesses. It should say that a colleague will call back.',
      'Please add that we are closed on public holidays.',
      'How do I make it ask for the order number first?',
      'Make the tone warmer, but keep it short.'])
    ELSE pg_temp.one_of(k, 231, ARRAY[
      'Here is a shorter greeting that names the company once and asks how to help.',
      'I added a rule: no prices on the phone, offer a call back within one working day.',
      'Done. The agent now says when you open again.',
      'I moved the order number to the top of the questions and made it required.',
      'I replaced three formal phrases. Listen to the sample before you publish.'])
  END,
  15 + floor(120 * pg_temp.chance(k, 232))::integer,
  CASE WHEN r.nth / s.n % 2 = 1 AND pg_temp.chance(k, 233) < 0.5
    THEN '{"field": "first_message", "action": "replace"}'::jsonb END,
  r.joined + r.life * (0.5 + 0.5 * pg_temp.chance(s.first + r.nth % s.n, 7))
    + r.nth / s.n * interval '40 seconds' AS created_at
FROM demo_row AS r
JOIN demo_share AS s ON s.of = 'agent_assistance_sessions' AND s.rank = r.rank
WHERE r.of = 'agent_assistance_messages'
ORDER BY created_at, k;

-- No foreign key here: a few rows belong to clients that were deleted long ago.
INSERT INTO application_logs
  (client_id, level, service, message, context, request_id, created_at)
SELECT
  CASE
    WHEN pg_temp.chance(k, 240) < 0.005 THEN NULL
    WHEN pg_temp.chance(k, 240) < 0.008 THEN pg_temp.key('deleted client', k % 4)
    ELSE client_id
  END,
  (CASE WHEN pg_temp.chance(k, 241) < 0.9 THEN 'info' WHEN pg_temp.chance(k, 241) < 0.97 THEN 'warn'
    ELSE 'error' END)::log_level,
  pg_temp.one_of(k, 242, ARRAY['api', 'api', 'dialer', 'dialer', 'media', 'worker']),
  CASE
    WHEN pg_temp.chance(k, 241) < 0.9 THEN pg_temp.one_of(k, 243, ARRAY['call finished', 'call queued',
      'contact created', 'webhook sent', 'agent saved', 'token refreshed'])
    WHEN pg_temp.chance(k, 241) < 0.97 THEN pg_temp.one_of(k, 243, ARRAY['slow answer from provider',
      'webhook answered 503, will retry', 'rate limit near'])
    ELSE pg_temp.one_of(k, 243, ARRAY['provider refused the call', 'transcription failed',
      'could not decrypt credential'])
  END,
  jsonb_build_object('ms', 5 + k % 900, 'path', '/v1/calls', 'node', 'app-' || 1 + k % 6),
  pg_temp.key('request', k),
  joined + life * (0.1 + 0.9 * moment) AS created_at
FROM demo_row
WHERE of = 'application_logs'
ORDER BY created_at, k;

INSERT INTO audit_log
  (client_id, actor_user_id, actor_email, action, entity_type, entity_id, changes, ip_address, created_at)
SELECT
  CASE
    WHEN pg_temp.chance(k, 250) < 0.005 THEN NULL
    WHEN pg_temp.chance(k, 250) < 0.008 THEN pg_temp.key('deleted client', k % 4)
    ELSE r.client_id
  END,
  pg_temp.key_of('user', k, 251, u.first, u.n),
  lower(pg_temp.first_name(k) || '.' || pg_temp.last_name(k)) || '@example.com',
  pg_temp.one_of(k, 252, ARRAY['update', 'update', 'create', 'delete', 'login']),
  'agent',
  pg_temp.key_of('agent', k, 253, a.first, a.n),
  jsonb_build_object('status', jsonb_build_array('draft', 'active')),
  ('10.' || k % 200 || '.' || k / 200 % 250 || '.' || 1 + k % 250)::inet,
  r.joined + r.life * moment AS created_at
FROM demo_row AS r
JOIN demo_share AS u ON u.of = 'users' AND u.rank = r.rank
JOIN demo_share AS a ON a.of = 'agents' AND a.rank = r.rank
WHERE r.of = 'audit_log'
ORDER BY created_at, k;

INSERT INTO idempotency_keys
  (client_id, idempotency_key, method, path, request_hash, response_status, response_body, created_at, expires_at)
SELECT
  CASE WHEN pg_temp.chance(k, 260) < 0.003 THEN pg_temp.key('deleted client', k % 4) ELSE client_id END,
  'idem-' || substr(md5('idem' || k), 1, 24),
  'POST',
  pg_temp.one_of(k, 261, ARRAY['/v1/calls', '/v1/calls', '/v1/contacts', '/v1/campaigns']),
  md5('body' || k),
  201,
  jsonb_build_object('id', pg_temp.key('request', k)),
  joined + life * (0.9 + 0.1 * moment) AS created_at,
  joined + life * (0.9 + 0.1 * moment) + interval '24 hours'
FROM demo_row
WHERE of = 'idempotency_keys'
ORDER BY created_at, k;

INSERT INTO webhook_logs
  (client_id, source, event_type, external_id, headers, body, processed_at, error, received_at)
SELECT
  CASE WHEN pg_temp.chance(k, 270) >= 0.005 THEN client_id END,
  pg_temp.one_of(k, 271, ARRAY['telephony', 'telephony', 'telephony', 'clerk', 'billing', 'calendar']),
  pg_temp.one_of(k, 271, ARRAY['call.status', 'call.status', 'recording.ready', 'user.updated', 'invoice.paid',
    'event.changed']),
  'evt_' || substr(md5('event' || k), 1, 24),
  '{"content-type": "application/json", "user-agent": "webhooks/1.0"}',
  jsonb_build_object('sid', 'CA' || md5('sid' || k), 'attempt', 1),
  CASE WHEN pg_temp.chance(k, 272) < 0.98 THEN joined + life * moment + interval '1 second' END,
  CASE WHEN pg_temp.chance(k, 272) >= 0.98 THEN 'unknown call' END,
  joined + life * moment AS received_at
FROM demo_row
WHERE of = 'webhook_logs'
ORDER BY received_at, k;

INSERT INTO admin_otps
  (id, email, code_hash, purpose, attempts, expires_at, consumed_at, created_at)
SELECT
  pg_temp.key('otp', k),
  'staff' || 1 + k % 5 || '@example.com',
  md5('code' || k),
  CASE WHEN k % 7 = 0 THEN 'impersonate' ELSE 'login' END,
  k % 3,
  created_at + interval '10 minutes',
  CASE WHEN k % 9 <> 4 THEN created_at + interval '40 seconds' END,
  created_at
FROM (
  SELECT k, timestamptz '2025-05-01 08:00:00+00' + k * interval '9 hours 7 minutes' AS created_at
  FROM generate_series(0, ceil(0.2 * :clients)::integer - 1) AS k
) AS r;

COMMIT;

ANALYZE clients, users, api_keys, voices, knowledge_bases, agents, tools, webhook_endpoints, telephony_credentials,
  phone_numbers, contact_folders, contacts, campaigns, calls, campaign_contacts, tool_logs, webhook_deliveries,
  credit_transactions, agent_assistance_sessions, agent_assistance_messages, application_logs, audit_log,
  idempotency_keys, webhook_logs, admin_otps;

\pset format unaligned
\pset tuples_only on
SELECT sum(n) || ' rows of ' || (SELECT count(*) FROM clients) || ' clients'
FROM (
  SELECT count(*) AS n FROM clients
  UNION ALL SELECT count(*) FROM users
  UNION ALL SELECT count(*) FROM api_keys
  UNION ALL SELECT count(*) FROM voices
  UNION ALL SELECT count(*) FROM knowledge_bases
  UNION ALL SELECT count(*) FROM agents
  UNION ALL SELECT count(*) FROM tools
  UNION ALL SELECT count(*) FROM webhook_endpoints
  UNION ALL SELECT count(*) FROM telephony_credentials
  UNION ALL SELECT count(*) FROM phone_numbers
  UNION ALL SELECT count(*) FROM contact_folders
  UNION ALL SELECT count(*) FROM contacts
  UNION ALL SELECT count(*) FROM campaigns
  UNION ALL SELECT count(*) FROM calls
  UNION ALL SELECT count(*) FROM campaign_contacts
  UNION ALL SELECT count(*) FROM tool_logs
  UNION ALL SELECT count(*) FROM webhook_deliveries
  UNION ALL SELECT count(*) FROM credit_transactions
  UNION ALL SELECT count(*) FROM agent_assistance_sessions
  UNION ALL SELECT count(*) FROM agent_assistance_messages
  UNION ALL SELECT count(*) FROM application_logs
  UNION ALL SELECT count(*) FROM audit_log
  UNION ALL SELECT count(*) FROM idempotency_keys
  UNION ALL SELECT count(*) FROM webhook_logs
  UNION ALL SELECT count(*) FROM admin_otps
) AS counted;
