-- Empties every table that belongs to users and organizations, for a start from nothing:
-- new sign-ups only, and every row with its clerk_org_id from the first day on.
--
-- What it removes cannot be brought back without a backup. Before you run it:
--
--   1. Be sure that a start from nothing is what you want: existing users can go on working where a
--      backfill gives their rows clerk_org_id. docs/fresh-start.md helps to decide.
--   2. Put the application into maintenance and pause its webhooks, so that nothing is written meanwhile.
--   3. Take a backup: Supabase Dashboard > Database > Backups, or pg_dump.
--   4. Look where you are: the project's name is at the top of the dashboard. In psql, \conninfo; every
--      database of Supabase is called postgres, so its name says nothing.
--   5. Apply migration 024 first, or afterwards: this script does not need it, the application does.
--
-- Then paste it into Supabase's SQL Editor and run it, or: psql -X -v ON_ERROR_STOP=1 -f FILE
-- `rung wipe database` reads the list of tables below and does the same, with all of the above checked.
--
-- One statement, so either all of these tables are emptied or none. Identity columns and sequences start
-- again. No table, column, index or policy changes.
--
-- Without CASCADE on purpose: with it, every table that refers to one of these is emptied too, whoever
-- owns it. Without it, such a table makes the statement fail, with its name, and nothing is lost.
--
-- Left alone: subscription_tiers and agent_templates, which are the product's own, and all that is
-- Supabase's (auth, storage and other schemas): users sign in with Clerk.

TRUNCATE
  -- who signs in
  public.users,
  public.clients,
  -- what carries the organization of its client
  public.agents,
  public.calls,
  public.campaigns,
  public.campaign_contacts,
  public.contact_folders,
  public.contacts,
  public.knowledge_bases,
  public.tools,
  public.voices,
  public.webhook_endpoints,
  public.api_keys,
  public.idempotency_keys,
  -- what supports these
  public.webhook_deliveries,
  public.tool_logs,
  public.application_logs,
  public.audit_log,
  public.credit_transactions,
  public.agent_assistance_messages,
  public.agent_assistance_sessions,
  public.phone_numbers,
  public.telephony_credentials,
  -- and the rest
  public.admin_otps,
  public.webhook_logs
RESTART IDENTITY;
