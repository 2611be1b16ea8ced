#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/clerk_account.h"
#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/table.h"
#include "core/visible.h"
#include "report/clerk_readiness.h"

namespace rung::cli {
namespace {

using clerk::Object;
using report::ClerkReadiness;
using Json = nlohmann::ordered_json;

constexpr size_t kShown = 10;

// "Title: 12", and the first rows below it.
template <typename Items, typename Cells>
std::string Section(const std::string& title, const Items& items,
                    std::vector<Table::Column> columns, const Cells& cells) {
  if (items.empty()) return "";
  Table table(std::move(columns));
  const size_t shown = std::min(items.size(), kShown);
  for (size_t i = 0; i < shown; ++i) table.Add(cells(items[i]));
  std::string text = fmt::format("\n{}: {}\n\n{}", title, items.size(), table.Text());
  if (shown < items.size()) {
    text += fmt::format("and {} more (--format json has all)\n", items.size() - shown);
  }
  return text;
}

std::string TablesOf(const report::StrangeId& strange) {
  std::vector<std::string> parts;
  for (const auto& [table, rows] : strange.tables) {
    parts.push_back(fmt::format("{} {}", table, FormatCount(rows)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string NamesOf(const std::vector<Object>& organizations) {
  std::vector<std::string> parts;
  for (const Object& organization : organizations) {
    parts.push_back(fmt::format("{} ({})", organization.id, organization.name));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

std::string UsersText(const ClerkReadiness& readiness) {
  if (!readiness.has_organizations)
    return "Organizations are disabled in this instance of Clerk.\n";
  if (readiness.hidden_members > 0) {
    return fmt::format(
        "Which users have no organization is not known: Clerk does not tell the user of {} "
        "memberships.\n",
        readiness.hidden_members);
  }
  const auto without = static_cast<int64_t>(readiness.users_without.size());
  return fmt::format("{} of {} users have an organization.\n",
                     FormatCount(readiness.users - without), FormatCount(readiness.users));
}

std::string AsText(const ClerkReadiness& readiness) {
  using Column = Table::Column;
  constexpr auto kRight = Table::Align::kRight;
  const std::string& table = readiness.tenant_table;
  const std::string& column = readiness.tenant_column;
  const auto object = [](const Object& item) {
    return std::vector<std::string>{item.id, item.name};
  };
  std::string text = fmt::format("Clerk: {} organizations, {} users, {} memberships\n\n{}",
                                 FormatCount(readiness.organizations), FormatCount(readiness.users),
                                 FormatCount(readiness.memberships), UsersText(readiness));
  text += Section("Users without an organization, whose token will name none",
                  readiness.users_without, {Column{"user"}, Column{"address"}}, object);
  text += Section("Organizations without a row in " + table, readiness.organizations_without,
                  {Column{"organization"}, Column{"name"}}, object);
  text += Section(fmt::format("Rows of {} whose {} Clerk does not have", table, column),
                  readiness.tenants_without, {Column{"key"}, Column{"name"}, Column{column}},
                  [](const report::Tenant& tenant) {
                    return std::vector<std::string>{tenant.key, tenant.name, tenant.organization};
                  });
  text += Section("Organizations in the database that Clerk does not have", readiness.strange_ids,
                  {Column{"id"}, Column{"rows", kRight}, Column{"tables"}, Column{"nearly"}},
                  [](const report::StrangeId& strange) {
                    return std::vector<std::string>{strange.id, FormatCount(strange.rows),
                                                    TablesOf(strange), strange.near_miss};
                  });
  text += Section(fmt::format("Rows of {} without {}, which block the backfill", table, column),
                  readiness.blocking,
                  {Column{"key"}, Column{"name"}, Column{"rows", kRight}, Column{"tables", kRight},
                   Column{"may be"}},
                  [](const report::BlockingTenant& tenant) {
                    return std::vector<std::string>{
                        tenant.blocker.key, tenant.blocker.name, FormatCount(tenant.blocker.rows),
                        std::to_string(tenant.blocker.tables), NamesOf(tenant.suggestions)};
                  });
  if (readiness.rows_missing > 0 || readiness.mismatches > 0) {
    text += fmt::format(
        "\n{} rows lack their value, {} have another than their source: "
        "`rung report` tells why.\n",
        FormatCount(readiness.rows_missing), FormatCount(readiness.mismatches));
  }
  return text + (readiness.IsReady() ? "\nEverybody is ready.\n" : "");
}

Json ObjectsJson(const std::vector<Object>& objects) {
  Json list = Json::array();
  for (const Object& object : objects) list.push_back({{"id", object.id}, {"name", object.name}});
  return list;
}

std::string AsJson(const ClerkReadiness& readiness) {
  Json json{{"schema", 1},
            {"ready", readiness.IsReady()},
            {"rows_missing", readiness.rows_missing},
            {"mismatches", readiness.mismatches},
            {"organizations", readiness.organizations},
            {"users", readiness.users},
            {"memberships", readiness.memberships},
            {"organizations_enabled", readiness.has_organizations},
            {"hidden_members", readiness.hidden_members},
            {"users_without_organization", ObjectsJson(readiness.users_without)},
            {"organizations_without_tenant", ObjectsJson(readiness.organizations_without)},
            {"tenants_without_organization", Json::array()},
            {"unknown_organizations", Json::array()},
            {"blocking_tenants", Json::array()}};
  for (const report::Tenant& tenant : readiness.tenants_without) {
    json["tenants_without_organization"].push_back(
        {{"key", tenant.key}, {"name", tenant.name}, {"organization", tenant.organization}});
  }
  for (const report::StrangeId& strange : readiness.strange_ids) {
    Json tables = Json::object();
    for (const auto& [table, rows] : strange.tables) tables[table] = rows;
    json["unknown_organizations"].push_back({{"id", strange.id},
                                             {"rows", strange.rows},
                                             {"tables", tables},
                                             {"near_miss", strange.near_miss}});
  }
  for (const report::BlockingTenant& tenant : readiness.blocking) {
    json["blocking_tenants"].push_back({{"key", tenant.blocker.key},
                                        {"name", tenant.blocker.name},
                                        {"rows", tenant.blocker.rows},
                                        {"tables", tenant.blocker.tables},
                                        {"suggestions", ObjectsJson(tenant.suggestions)}});
  }
  return json.dump(2) + "\n";
}

std::string AsCsv(const ClerkReadiness& readiness) {
  Table table({{"finding"}, {"id"}, {"name"}, {"rows"}, {"detail"}});
  const auto objects = [&](const char* finding, const std::vector<Object>& list) {
    for (const Object& object : list) table.Add({finding, object.id, object.name, "", ""});
  };
  objects("user_without_organization", readiness.users_without);
  objects("organization_without_tenant", readiness.organizations_without);
  for (const report::Tenant& tenant : readiness.tenants_without) {
    table.Add({"tenant_without_organization", tenant.key, tenant.name, "", tenant.organization});
  }
  for (const report::StrangeId& strange : readiness.strange_ids) {
    table.Add(
        {"unknown_organization", strange.id, "", std::to_string(strange.rows), strange.near_miss});
  }
  for (const report::BlockingTenant& tenant : readiness.blocking) {
    table.Add({"blocking_tenant", tenant.blocker.key, tenant.blocker.name,
               std::to_string(tenant.blocker.rows), NamesOf(tenant.suggestions)});
  }
  return table.Csv();
}

std::string Render(const ClerkReadiness& readiness, Format format) {
  switch (format) {
    case Format::kTable:
      return AsText(readiness);
    case Format::kJson:
      return AsJson(readiness);
    case Format::kCsv:
      return AsCsv(readiness);
  }
  return "";
}

}  // namespace

int RunClerkReport(Program& program, const fill::BackfillFile& file) {
  const clerk::SecretKey key = TakeClerkKey(program);
  const std::string endpoint = ReadClerkEndpoint();
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  clerk::Account account{endpoint, key, clerk::RateLimit(clerk::kDevelopmentLimit / 2),
                         program.events, program.options.clerk_timeout};
  account.state = "a report changes nothing";
  clerk::Client client(account, program.stop);
  const report::ClerkLists lists = report::ReadClerkLists(client);
  const ClerkReadiness readiness = report::ReadClerkReadiness(connection, file, lists);
  program.console.WriteResult(Render(readiness, program.options.format));
  return readiness.IsReady() ? kExitDone : kExitUnfinished;
}

}  // namespace rung::cli
