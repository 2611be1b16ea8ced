-- The data set of scripts/bench, the same on every run: `calls`, about 256 bytes a row, under a random
-- UUID key with five secondary indexes, and their 500 clients, 98 % with a Clerk organization.
--
--   psql -v ON_ERROR_STOP=1 -v rows=1000000 -f scripts/bench_data.sql
\set QUIET on

BEGIN;

CREATE TABLE clients (
  id                    uuid PRIMARY KEY,
  name                  text NOT NULL,
  clerk_organization_id text
);

CREATE TABLE calls (
  id               uuid PRIMARY KEY,
  client_id        uuid NOT NULL REFERENCES clients,
  agent_id         uuid NOT NULL,
  contact_id       uuid NOT NULL,
  status           text NOT NULL,
  phone            text NOT NULL,
  started_at       timestamptz NOT NULL,
  duration_seconds integer NOT NULL,
  summary          text NOT NULL
);

INSERT INTO clients
SELECT md5('client' || k)::uuid, 'Client ' || k,
       CASE WHEN k % 50 <> 0 THEN 'org_' || substr(md5('organization' || k), 1, 27) END
FROM generate_series(1, 500) AS k;

INSERT INTO calls
SELECT md5('call' || k)::uuid,
       md5('client' || 1 + abs(hashint8(k) % 500))::uuid,
       md5('agent' || abs(hashint8(k) % 5000))::uuid,
       md5('contact' || k / 4)::uuid,
       (ARRAY['completed', 'missed', 'failed', 'busy'])[1 + k % 4],
       '+1555' || lpad((k * 7919 % 10000000)::text, 7, '0'),
       timestamptz '2025-01-01 00:00Z' + k * interval '20 s',
       k % 1800,
       'Called about the offer of last week; ' || md5('summary' || k) || md5('more' || k)
FROM generate_series(1, :rows::bigint) AS k;

CREATE INDEX ON calls (client_id);
CREATE INDEX ON calls (agent_id);
CREATE INDEX ON calls (contact_id);
CREATE INDEX ON calls (started_at);
CREATE INDEX ON calls (client_id, status, started_at);

COMMIT;

-- As autovacuum would have left a table that is in use.
VACUUM (ANALYZE) clients, calls;

CREATE EXTENSION pg_prewarm;
