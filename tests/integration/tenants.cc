#include "integration/tenants.h"

#include <gtest/gtest.h>

#include "files/numbered_file.h"
#include "files/text_file.h"

namespace rung::test {
namespace {

void RunFiles(TestDatabase& database, const core::Version& after, const core::Version& to) {
  for (const auto& file : files::ReadNumberedFiles(SourceDirectory() / "migrations", ".sql")) {
    if (file.version <= after || file.version > to) continue;
    std::string sql = file.bytes;
    const std::string word = "CONCURRENTLY ";  // nobody else is here, and it wants no transaction
    for (size_t at = 0; (at = sql.find(word, at)) != std::string::npos;) sql.erase(at, word.size());
    database.Query(sql);
  }
}

core::Version Number(const char* text) { return *core::Version::Parse(text); }

}  // namespace

void MakeTables(TestDatabase& database) { RunFiles(database, Number("0"), Number("025")); }

void MakeTenants(TestDatabase& database) {
  RunFiles(database, Number("0"), Number("023"));
  database.Query(
      files::ReadText(SourceDirectory() / "tests/integration/tenant_data.sql", "make it"));
  database.Query(
      "INSERT INTO admin_otps (email, code_hash, expires_at) VALUES ('a@example.com', 'x', now())");
  RunFiles(database, Number("023"), Number("025"));
}

const char* const kTenantRows = R"(
SELECT sum(rows)::bigint FROM (
  SELECT (xpath('//c/text()', query_to_xml(format('SELECT count(*) AS c FROM %I', name), true, true, ''))
         )[1]::text::bigint AS rows
  FROM unnest('{users,clients,agents,calls,campaigns,campaign_contacts,contact_folders,contacts,
    knowledge_bases,tools,voices,webhook_endpoints,api_keys,idempotency_keys,webhook_deliveries,
    tool_logs,application_logs,audit_log,credit_transactions,agent_assistance_messages,
    agent_assistance_sessions,phone_numbers,telephony_credentials,admin_otps,webhook_logs}'::text[]) name
) counts)";

const char* const kKeptRows = R"(
SELECT t::text FROM subscription_tiers t UNION ALL SELECT t::text FROM agent_templates t ORDER BY 1)";

}  // namespace rung::test
