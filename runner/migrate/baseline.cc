#include "migrate/baseline.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "pg/transaction.h"

namespace rung::migrate {
namespace {

// Source: the schemas that a new Supabase project has.
constexpr const char* kIsEmpty = R"(
SELECT NOT EXISTS (
  SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
    AND n.nspname <> $1 AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\_%'
    AND n.nspname NOT IN ('auth', 'storage', 'realtime', 'vault', 'extensions', 'net', 'cron', 'graphql',
                          'graphql_public', 'pgbouncer', 'pgsodium', 'pgsodium_masks')
    AND n.nspname NOT LIKE 'supabase\_%' AND n.nspname NOT LIKE '\_%'
    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass
                      AND d.objid = c.oid AND d.deptype = 'e')))";

}  // namespace

std::vector<const Migration*> PlanBaseline(const std::vector<Migration>& migrations,
                                           const std::vector<HistoryRow>& history,
                                           const core::Version& version) {
  std::vector<const Migration*> below;
  for (const Migration& migration : migrations) {
    if (migration.version <= version) below.push_back(&migration);
  }
  if (below.empty() || below.back()->version != version) {
    throw core::Error(
        core::Failure::kUsage, core::Problem{version.text(), "no migration has this number", {}},
        "nothing was changed",
        fmt::format("name the number of a file, {} to {}", migrations.front().version.text(),
                    migrations.back().version.text()));
  }
  if (history.empty()) return below;
  const bool is_equal = std::equal(history.begin(), history.end(), below.begin(), below.end(),
                                   [](const HistoryRow& row, const Migration* migration) {
                                     return row.is_applied && row.version == migration->version &&
                                            row.checksum == migration->checksum;
                                   });
  if (is_equal) return {};
  throw core::Error(
      core::Failure::kFailed,
      core::Problem{
          version.text(),
          fmt::format("the history is not empty: it has {} file{}, the last is {}", history.size(),
                      history.size() == 1 ? "" : "s", history.back().Label()),
          {}},
      "nothing was changed",
      "go on from there with `rung up`; a baseline is for a database that rung has not seen");
}

bool IsEmptyDatabase(pg::Connection& connection, const pg::OwnSchema& schema) {
  return connection.Exec(kIsEmpty, {schema.name()})[0][0].as<bool>();
}

void RecordBaseline(const HistoryWriter& writer, const std::vector<const Migration*>& migrations) {
  pg::Transaction transaction(writer.connection, {.lock_timeout = std::chrono::seconds(10)});
  for (const Migration* migration : migrations) {
    const pg::AuditEvent event{.kind = "migration taken over",
                               .subject = migration->Label(),
                               .detail = "baseline, not run",
                               .version = migration->version.text()};
    RecordProgress(
        writer, migration->version.text(), *migration,
        {.statements_done = static_cast<int>(migration->statements.size()), .is_baseline = true},
        {&event, 1});
  }
  transaction.Commit();
}

}  // namespace rung::migrate
