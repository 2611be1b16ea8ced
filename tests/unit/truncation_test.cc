// The script that empties the tenant tables, read as a list.
#include "sql/truncation.h"

#include <gtest/gtest.h>

#include "files/text_file.h"
#include "support/project.h"

namespace rung::sql {
namespace {

// "public.a, b", or "line 2: what"
std::string Read(std::string_view script) {
  const auto read = ReadTruncation(script);
  if (const auto* fault = std::get_if<Fault>(&read)) {
    return "line " + std::to_string(fault->line) + ": " + fault->what;
  }
  std::string names;
  for (const ObjectName& table : std::get<Truncation>(read).tables) {
    names +=
        (names.empty() ? "" : ", ") + (table.schema.empty() ? "" : table.schema + ".") + table.name;
  }
  return names;
}

TEST(Truncation, IsTheTablesOfEveryTruncateOnce) {
  EXPECT_EQ(Read("TRUNCATE a RESTART IDENTITY"), "a");
  EXPECT_EQ(Read("-- all\nTRUNCATE TABLE public.a, \"B\"\n  RESTART IDENTITY CASCADE;"),
            "public.a, B");
  EXPECT_EQ(Read("BEGIN; TRUNCATE a, b RESTART IDENTITY; TRUNCATE b, c RESTART IDENTITY; COMMIT;"),
            "a, b, c");
}

TEST(Truncation, IsNothingElse) {
  EXPECT_EQ(Read("TRUNCATE a RESTART IDENTITY;\nDROP TABLE b;"),
            "line 2: something else than TRUNCATE");
  EXPECT_EQ(Read("TRUNCATE a RESTART IDENTITY;\nDELETE FROM b;"),
            "line 2: something else than TRUNCATE");
  EXPECT_EQ(Read("TRUNCATE a;"), "line 1: TRUNCATE without RESTART IDENTITY");
  EXPECT_EQ(Read("TRUNCATE a CONTINUE IDENTITY;"), "line 1: TRUNCATE without RESTART IDENTITY");
  EXPECT_EQ(Read("\nTRUNCATE ONLY a RESTART IDENTITY;"),
            "line 2: TRUNCATE ONLY: a table is emptied with its partitions or not at all");
  EXPECT_EQ(Read("-- nothing\n"), "line 1: no TRUNCATE in here");
  EXPECT_EQ(Read("TRUNCATE a RESTART IDENTITY;\nTRUNKATE b;"),
            "line 2: syntax error at or near \"TRUNKATE\"");
}

// The seed's list, as it stands there.
TEST(Truncation, OfTheProjectsScriptIsTheListOfTheSeed) {
  EXPECT_EQ(
      Read(files::ReadText(test::SourceDirectory() / "scripts/wipe_all_user_data.sql", "")),
      "public.users, public.clients, public.agents, public.calls, public.campaigns, "
      "public.campaign_contacts, public.contact_folders, public.contacts, public.knowledge_bases, "
      "public.tools, public.voices, public.webhook_endpoints, public.api_keys, "
      "public.idempotency_keys, public.webhook_deliveries, public.tool_logs, "
      "public.application_logs, public.audit_log, public.credit_transactions, "
      "public.agent_assistance_messages, public.agent_assistance_sessions, public.phone_numbers, "
      "public.telephony_credentials, public.admin_otps, public.webhook_logs");
}

}  // namespace
}  // namespace rung::sql
