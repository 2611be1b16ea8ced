#include "backfill/guard.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "backfill/guard_sql.h"
#include "backfill/ledger.h"
#include "core/error.h"
#include "core/sleep.h"
#include "fill/relation.h"
#include "pg/audit.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A partition's trigger is its parent's.
constexpr const char* kRead = R"(
SELECT p.proname, g.tgname, format('%I.%I', cn.nspname, c.relname), c.oid::regclass::text
FROM pg_trigger g JOIN pg_proc p ON p.oid = g.tgfoid JOIN pg_namespace n ON n.oid = p.pronamespace
     JOIN pg_class c ON c.oid = g.tgrelid JOIN pg_namespace cn ON cn.oid = c.relnamespace
WHERE n.nspname = $1 AND p.proname ~ '^guard_' AND g.tgparentid = 0
ORDER BY g.oid)";

constexpr const char* kReadFunctions = R"(
SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = $1 AND starts_with(p.proname, $2) AND p.prorettype = 'trigger'::regtype
ORDER BY 1)";

// A partitioned table hands its triggers on to its leaves, those to come too; inheritance does not.
constexpr const char* kTables = R"(
WITH RECURSIVE root AS (
  SELECT oid, relkind FROM pg_class WHERE oid = to_regclass($1)
), tree AS (
  SELECT oid FROM root
  UNION
  SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
)
SELECT format('%I.%I', n.nspname, c.relname), c.oid::regclass::text, c.relkind
FROM tree JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace, root
WHERE c.oid = root.oid OR root.relkind <> 'p'
ORDER BY c.oid <> root.oid, 1)";

constexpr const char* kSearchPath = R"(
SELECT coalesce(string_agg(quote_ident(s), ', ' ORDER BY n) || ', ', '') || 'pg_temp'
FROM unnest(current_schemas(false)) WITH ORDINALITY AS path(s, n))";

core::Error Failed(const std::string& where, const std::string& what,
                   const pg::ServerError& error) {
  return core::Error(
      core::Failure::kFailed,
      core::Problem{where, fmt::format("{}: {}", what, error.what()), error.Details()},
      "no batch was run by this run, guards that are installed stay",
      fill::NextAfterRefusal(error, "remove the cause, then run it again"));
}

// Runs the step until it has its locks.
template <typename Step>
void Patiently(const GuardRun& run, const std::string& where, const std::string& what,
               Step&& step) {
  static thread_local std::minstd_rand random{std::random_device{}()};
  const auto started = steady_clock::now();
  for (;;) {
    if (run.stop.stop_requested()) {
      throw core::Error(core::Failure::kInterrupted, core::Problem{run.label, "interrupted", {}},
                        "everything committed so far is kept",
                        "run it again, it goes on from here");
    }
    try {
      step();
      return;
    } catch (const pg::ServerError& error) {
      if (run.stop.stop_requested()) continue;
      const bool is_late = steady_clock::now() - started >= run.patience.in_all;
      if (pg::RemedyFor(error.sqlstate) != pg::Remedy::kRetry || is_late) {
        throw Failed(where, what, error);
      }
      run.events.Emit(core::Notice{core::Notice::Level::kInfo,
                                   fmt::format("{}: {}; trying again", what, error.what())});
      core::SleepFor(milliseconds(500 + random() % 1000), run.stop);
    }
  }
}

bool IsInstalled(pg::Connection& connection, const GuardRun& run, const std::string& table,
                 const Guard& guard) {
  const auto guards = ReadGuards(connection, run.schema);
  return std::any_of(guards.begin(), guards.end(), [&](const InstalledGuard& known) {
    return known.table == table && known.name == guard.name && known.trigger == guard.trigger;
  });
}

void Install(pg::Connection& connection, const GuardRun& run, const fill::Fill& fill,
             const std::string& table, const std::string& shown, const Guard& guard) {
  if (IsInstalled(connection, run, table, guard)) return;
  Patiently(run, fill.place, fmt::format("{}: guard", shown), [&] {
    pg::Transaction transaction(connection, {.lock_timeout = run.patience.at_once});
    LockState(transaction, run.schema, run.version);  // one run at a time
    if (IsInstalled(connection, run, table, guard)) return;
    transaction.Exec(guard.create_function);
    transaction.Exec(guard.create_trigger + table + guard.create_rest);
    pg::RecordEvent(connection, run.schema, run.actor, "guard installed", run.label,
                    fmt::format("{} on {}: {}", guard.trigger, shown, guard.what));
    transaction.Commit();
    run.events.Emit(core::Notice{core::Notice::Level::kInfo,
                                 fmt::format("{}: guard installed, {}", shown, guard.what)});
  });
}

void InstallOn(pg::Connection& connection, const GuardRun& run, const fill::Fill& fill,
               const std::string& name, const Guard& guard) {
  for (const auto& row : connection.Exec(kTables, {name})) {
    const std::string shown = row[1].as<std::string>();
    const std::string kind = row[2].as<std::string>();
    if (kind != "r" && kind != "p") {
      throw core::Error(
          core::Failure::kFailed,
          core::Problem{fill.place,
                        fmt::format("{}: guard = true needs a table as the source, {} is none",
                                    fill.table, shown),
                        {}},
          "no batch was run by this run, guards that are installed stay",
          "fill from the table behind it, or leave `guard` out");
    }
    Install(connection, run, fill, row[0].as<std::string>(), shown, guard);
  }
}

}  // namespace

std::vector<InstalledGuard> ReadGuards(pg::Connection& connection, const pg::OwnSchema& schema) {
  std::vector<InstalledGuard> guards;
  for (const auto& row : connection.Exec(kRead, {schema.name()})) {
    guards.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<std::string>(),
                      row[3].as<std::string>()});
  }
  return guards;
}

std::vector<InstalledGuard> ReadGuards(pg::Connection& connection, const pg::OwnSchema& schema,
                                       const core::Version& version) {
  std::vector<InstalledGuard> guards = ReadGuards(connection, schema);
  std::erase_if(guards, [&](const InstalledGuard& guard) {
    return !guard.name.starts_with(GuardPrefix(version));
  });
  return guards;
}

void InstallGuards(pg::Connection& connection, const GuardRun& run,
                   const fill::BackfillFile& file) {
  for (size_t position = 0; position < file.fills.size(); ++position) {
    const fill::Fill& fill = file.fills[position];
    if (!fill.guard) continue;
    const pqxx::result root = connection.Exec(kTables, {fill.table});
    const GuardPlace place{run.schema, run.version, position, root[0][0].as<std::string>(),
                           connection.Exec(kSearchPath)[0][0].as<std::string>()};
    // The source's first: a row that is filled from then on follows it.
    if (const auto guard = GuardOfSource(fill, place)) {
      InstallOn(connection, run, fill, fill.from->text, *guard);
    }
    InstallOn(connection, run, fill, fill.table, GuardOfTable(fill, place));
  }
}

int RemoveGuards(pg::Connection& connection, const GuardRun& run) {
  int removed = 0;
  for (const InstalledGuard& guard : ReadGuards(connection, run.schema, run.version)) {
    Patiently(run, run.label, fmt::format("{}: guard", guard.shown), [&] {
      pg::Transaction transaction(connection, {.lock_timeout = run.patience.at_once});
      transaction.Exec(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", pg::QuoteName(guard.trigger),
                                   guard.table));
      pg::RecordEvent(connection, run.schema, run.actor, "guard removed", run.label,
                      fmt::format("{} on {}", guard.trigger, guard.shown));
      transaction.Commit();
    });
    ++removed;
  }
  const pqxx::result functions =
      connection.Exec(kReadFunctions, {run.schema.name(), GuardPrefix(run.version)});
  for (const auto& row : functions) {
    connection.Exec(fmt::format("DROP FUNCTION IF EXISTS {}{}()", run.schema.In("{rung}."),
                                pg::QuoteName(row[0].as<std::string>())));
  }
  return removed;
}

}  // namespace rung::backfill
