-- Indexes on clerk_org_id, built while the application writes. After the backfill on purpose: an
-- index on the column rules out HOT updates, so each filled row would write all its table's indexes.

CREATE INDEX CONCURRENTLY idx_users_clerk_org_id ON users (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_agents_clerk_org_id ON agents (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_calls_clerk_org_id ON calls (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_campaigns_clerk_org_id ON campaigns (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_campaign_contacts_clerk_org_id ON campaign_contacts (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_contact_folders_clerk_org_id ON contact_folders (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_contacts_clerk_org_id ON contacts (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_knowledge_bases_clerk_org_id ON knowledge_bases (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_tools_clerk_org_id ON tools (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_voices_clerk_org_id ON voices (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_webhook_endpoints_clerk_org_id ON webhook_endpoints (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_api_keys_clerk_org_id ON api_keys (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_idempotency_keys_clerk_org_id ON idempotency_keys (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_webhook_deliveries_clerk_org_id ON webhook_deliveries (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_tool_logs_clerk_org_id ON tool_logs (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_application_logs_clerk_org_id ON application_logs (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_audit_log_clerk_org_id ON audit_log (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_credit_transactions_clerk_org_id ON credit_transactions (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_agent_assistance_messages_clerk_org_id ON agent_assistance_messages (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_agent_assistance_sessions_clerk_org_id ON agent_assistance_sessions (clerk_org_id, created_at DESC);
CREATE INDEX CONCURRENTLY idx_phone_numbers_clerk_org_id ON phone_numbers (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_telephony_credentials_clerk_org_id ON telephony_credentials (clerk_org_id);
CREATE INDEX CONCURRENTLY idx_webhook_logs_clerk_org_id ON webhook_logs (clerk_org_id, received_at DESC);
