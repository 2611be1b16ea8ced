#include "report/clerk_readiness.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/error.h"
#include "fill/fill_sql.h"
#include "pg/transaction.h"
#include "report/clerk_match.h"
#include "report/label.h"

namespace rung::report {
namespace {

using clerk::Object;

constexpr pg::TransactionSettings kReadTransaction{
    .lock_timeout = std::chrono::seconds(10), .rows_are_all_visible = true, .read_only = true};

constexpr const char* kState = "a report changes nothing";

struct Source {
  std::string table;
  std::string column;
  std::vector<std::string> key;
};

// The table that the values come from in the end: a fill's source that no other fill fills.
std::optional<Source> FindSource(const fill::BackfillFile& file) {
  for (const fill::Fill& fill : file.fills) {
    if (!fill.from || fill.set.size() != 1) continue;
    const auto& columns = fill.set.front().value.columns;
    const bool is_filled =
        std::any_of(file.fills.begin(), file.fills.end(),
                    [&](const fill::Fill& other) { return other.table == fill.from->text; });
    if (is_filled || columns.size() != 1 || columns.front().qualifier != fill.from->alias) continue;
    return Source{fill.from->text, columns.front().column, fill::SourceKeyColumns(fill)};
  }
  return std::nullopt;
}

std::set<std::string> IdsOf(const std::vector<Object>& objects) {
  std::set<std::string> ids;
  for (const Object& object : objects) ids.insert(object.id);
  return ids;
}

std::vector<Tenant> ReadTenants(pg::Connection& connection, const Source& source) {
  std::vector<std::string> keys;
  for (const std::string& column : source.key) keys.push_back(pg::QuoteName(column));
  const std::string label = FindLabelColumn(connection, source.table);
  std::vector<Tenant> tenants;
  for (const auto& row : connection.Exec(
           fmt::format("SELECT concat_ws(', ', {}), {}, coalesce({}::text, '') FROM {} ORDER BY 1",
                       keys.empty() ? "''" : fmt::format("{}", fmt::join(keys, ", ")),
                       label.empty() ? "''" : fmt::format("coalesce({}, '')", pg::QuoteName(label)),
                       pg::QuoteName(source.column), source.table))) {
    tenants.push_back({row[0].c_str(), row[1].c_str(), row[2].c_str()});
  }
  return tenants;
}

using RowsByTable = std::map<std::string, std::vector<std::pair<std::string, int64_t>>>;

// By id, the rows of every table that has it.
RowsByTable ReadIds(pg::Connection& connection, const fill::BackfillFile& file,
                    const Source& source) {
  std::vector<std::pair<std::string, std::string>> columns{{source.table, source.column}};
  for (const fill::Fill& fill : file.fills) {
    if (fill.set.size() == 1) columns.emplace_back(fill.table, fill.set.front().column);
  }
  RowsByTable ids;
  for (const auto& [table, column] : columns) {
    for (const auto& row : connection.Exec(
             fmt::format("SELECT {0}::text, count(*) FROM {1} WHERE {0} IS NOT NULL GROUP BY 1",
                         pg::QuoteName(column), table))) {
      ids[row[0].c_str()].emplace_back(table, row[1].as<int64_t>());
    }
  }
  return ids;
}

std::vector<StrangeId> FindStrangeIds(const RowsByTable& ids, const ClerkLists& clerk) {
  const std::set<std::string> known = IdsOf(clerk.organizations);
  std::vector<StrangeId> strange;
  for (const auto& [id, tables] : ids) {
    if (known.contains(id)) continue;
    StrangeId found{id, FindNearMiss(id, clerk.organizations), 0, tables};
    for (const auto& [table, rows] : tables) found.rows += rows;
    strange.push_back(std::move(found));
  }
  std::stable_sort(strange.begin(), strange.end(),
                   [](const StrangeId& a, const StrangeId& b) { return a.rows > b.rows; });
  return strange;
}

// The answer to "who has none" is not known where Clerk hides who is a member.
void FindUsers(const ClerkLists& clerk, ClerkReadiness& readiness) {
  std::set<std::string> members;
  for (const Object& membership : clerk.memberships) {
    if (membership.user) {
      members.insert(*membership.user);
    } else {
      ++readiness.hidden_members;
    }
  }
  if (readiness.hidden_members > 0) return;
  for (const Object& user : clerk.users) {
    if (!members.contains(user.id)) readiness.users_without.push_back(user);
  }
}

void FindTenants(const std::vector<Tenant>& tenants, const ClerkLists& clerk,
                 ClerkReadiness& readiness) {
  const std::set<std::string> known = IdsOf(clerk.organizations);
  std::set<std::string> taken;
  for (const Tenant& tenant : tenants) {
    taken.insert(tenant.organization);
    if (!tenant.organization.empty() && !known.contains(tenant.organization)) {
      readiness.tenants_without.push_back(tenant);
    }
  }
  for (const Object& organization : clerk.organizations) {
    if (!taken.contains(organization.id)) readiness.organizations_without.push_back(organization);
  }
}

}  // namespace

bool ClerkReadiness::IsReady() const {
  return has_organizations && hidden_members == 0 && users_without.empty() &&
         organizations_without.empty() && tenants_without.empty() && strange_ids.empty() &&
         blocking.empty() && rows_missing == 0 && mismatches == 0;
}

ClerkLists ReadClerkLists(clerk::Client& client) {
  ClerkLists lists;
  const auto into = [](std::vector<Object>& list) {
    return [&list](const Object& object) { list.push_back(object); };
  };
  const auto organizations = client.ListOrganizations(into(lists.organizations));
  lists.has_organizations = organizations.is_enabled;
  const auto users = client.ListUsers(into(lists.users));
  auto memberships = clerk::Client::Listing{};
  if (lists.has_organizations) memberships = client.ListMemberships(into(lists.memberships));
  const std::pair<const char*, bool> whole[] = {{"organizations", organizations.is_complete},
                                                {"users", users.is_complete},
                                                {"memberships", memberships.is_complete}};
  for (const auto& [name, is_complete] : whole) {
    if (is_complete) continue;
    throw core::Error(core::Failure::kFailed,
                      core::Problem{fmt::format("Clerk's {}", name), "the list is not whole", {}},
                      "nothing can be said of what Clerk does not have", "run it again in a while");
  }
  return lists;
}

ClerkReadiness ReadClerkReadiness(pg::Connection& connection, const fill::BackfillFile& file,
                                  const ClerkLists& clerk) {
  const std::optional<Source> source = FindSource(file);
  if (!source) {
    throw core::Error(
        core::Failure::kUsage,
        core::Problem{file.path, "no fill takes its value from a column of a table", {}}, kState,
        "name the backfill of the organizations");
  }
  ClerkReadiness readiness{.organizations = static_cast<int64_t>(clerk.organizations.size()),
                           .users = static_cast<int64_t>(clerk.users.size()),
                           .memberships = static_cast<int64_t>(clerk.memberships.size()),
                           .has_organizations = clerk.has_organizations,
                           .tenant_table = source->table,
                           .tenant_column = source->column};
  FindUsers(clerk, readiness);
  const BackfillReport report = ReadReport(connection, file, {});
  readiness.rows_missing = report.Total().missing();
  readiness.mismatches = report.Total().mismatches;
  {
    pg::Transaction transaction(connection, kReadTransaction);
    FindTenants(ReadTenants(connection, *source), clerk, readiness);
    readiness.strange_ids = FindStrangeIds(ReadIds(connection, file, *source), clerk);
  }
  for (const Blocker& blocker : report.blockers) {
    if (blocker.reason != Reason::kNoValue || blocker.table != source->table) continue;
    readiness.blocking.push_back(
        {blocker, SuggestOrganizations(blocker.name, readiness.organizations_without)});
  }
  return readiness;
}

}  // namespace rung::report
