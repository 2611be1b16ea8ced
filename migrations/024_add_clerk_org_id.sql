-- Every tenant row is to carry its Clerk organization, the one in the token of a request.
-- Adds the column where it is missing; nullable and without default, so no table is rewritten.
-- rung: allow locking-many-tables
-- because each table is locked for a moment: a column without a default touches no row

-- Rows that name their client.
ALTER TABLE users ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE agents ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE calls ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE campaigns ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE contact_folders ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE contacts ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE knowledge_bases ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE tools ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE voices ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE webhook_endpoints ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE api_keys ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE idempotency_keys ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE application_logs ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE audit_log ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE credit_transactions ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE agent_assistance_sessions ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE phone_numbers ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE telephony_credentials ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE webhook_logs ADD COLUMN IF NOT EXISTS clerk_org_id text;

-- Rows that reach their client through a parent.
ALTER TABLE campaign_contacts ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE webhook_deliveries ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE tool_logs ADD COLUMN IF NOT EXISTS clerk_org_id text;
ALTER TABLE agent_assistance_messages ADD COLUMN IF NOT EXISTS clerk_org_id text;

-- Existing rows: see backfills/024_clerk_org_id.toml, which fills them in small batches on the
-- running database. In meaning it is the statements below; as single statements they would hold
-- the locks of every row until they end, and double the size of the tables.
--
-- UPDATE users SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = users.client_id AND users.clerk_org_id IS NULL;
--
-- UPDATE agents SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = agents.client_id AND agents.clerk_org_id IS NULL;
--
-- UPDATE calls SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = calls.client_id AND calls.clerk_org_id IS NULL;
--
-- UPDATE campaigns SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = campaigns.client_id AND campaigns.clerk_org_id IS NULL;
--
-- UPDATE contact_folders SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = contact_folders.client_id AND contact_folders.clerk_org_id IS NULL;
--
-- UPDATE contacts SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = contacts.client_id AND contacts.clerk_org_id IS NULL;
--
-- UPDATE knowledge_bases SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = knowledge_bases.client_id AND knowledge_bases.clerk_org_id IS NULL;
--
-- UPDATE tools SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = tools.client_id AND tools.clerk_org_id IS NULL;
--
-- UPDATE voices SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = voices.client_id AND voices.clerk_org_id IS NULL;
--
-- UPDATE webhook_endpoints SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = webhook_endpoints.client_id AND webhook_endpoints.clerk_org_id IS NULL;
--
-- UPDATE api_keys SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = api_keys.client_id AND api_keys.clerk_org_id IS NULL;
--
-- UPDATE idempotency_keys SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = idempotency_keys.client_id AND idempotency_keys.clerk_org_id IS NULL;
--
-- UPDATE application_logs SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = application_logs.client_id AND application_logs.clerk_org_id IS NULL;
--
-- UPDATE audit_log SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = audit_log.client_id AND audit_log.clerk_org_id IS NULL;
--
-- UPDATE credit_transactions SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = credit_transactions.client_id AND credit_transactions.clerk_org_id IS NULL;
--
-- UPDATE agent_assistance_sessions SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = agent_assistance_sessions.client_id AND agent_assistance_sessions.clerk_org_id IS NULL;
--
-- UPDATE phone_numbers SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = phone_numbers.client_id AND phone_numbers.clerk_org_id IS NULL;
--
-- UPDATE telephony_credentials SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = telephony_credentials.client_id AND telephony_credentials.clerk_org_id IS NULL;
--
-- UPDATE webhook_logs SET clerk_org_id = clients.clerk_organization_id
-- FROM clients
-- WHERE clients.id = webhook_logs.client_id AND webhook_logs.clerk_org_id IS NULL;
--
-- Through a parent, after the parents are filled:
--
-- UPDATE campaign_contacts SET clerk_org_id = campaigns.clerk_org_id
-- FROM campaigns
-- WHERE campaigns.id = campaign_contacts.campaign_id AND campaign_contacts.clerk_org_id IS NULL;
--
-- UPDATE webhook_deliveries SET clerk_org_id = webhook_endpoints.clerk_org_id
-- FROM webhook_endpoints
-- WHERE webhook_endpoints.id = webhook_deliveries.webhook_endpoint_id AND webhook_deliveries.clerk_org_id IS NULL;
--
-- UPDATE tool_logs SET clerk_org_id = tools.clerk_org_id
-- FROM tools
-- WHERE tools.id = tool_logs.tool_id AND tool_logs.clerk_org_id IS NULL;
--
-- UPDATE agent_assistance_messages SET clerk_org_id = agent_assistance_sessions.clerk_org_id
-- FROM agent_assistance_sessions
-- WHERE agent_assistance_sessions.id = agent_assistance_messages.session_id AND agent_assistance_messages.clerk_org_id IS NULL;
