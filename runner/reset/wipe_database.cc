#include "reset/wipe_database.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "core/error.h"
#include "core/sleep.h"
#include "pg/audit.h"
#include "pg/transaction.h"

namespace rung::reset {
namespace {

using core::Error;
using core::Failure;
using core::Problem;
using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kState = "nothing was emptied";

constexpr const char* kRowsByTable = R"(
SELECT jsonb_build_object('rows', jsonb_object_agg(name, rows))::text
FROM unnest($1::text[], $2::bigint[]) AS t (name, rows))";

Error Changed(std::vector<Problem> problems, std::string next) {
  return Error(Failure::kFailed, std::move(problems), kState, std::move(next));
}

Error Interrupted() {
  return Error(Failure::kInterrupted, Problem{"", "interrupted", {}}, kState, "run it again");
}

std::string NamesOf(const std::vector<TenantTable>& tables) {
  std::vector<std::string> names;
  for (const TenantTable& table : tables) names.push_back(table.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

// One snapshot from the moment on that all locks are held: what others write to tables that are kept does
// not look like our doing.
pg::TransactionSettings SettingsFor(const WipeOrder& order) {
  return {.lock_timeout = order.lock_timeout,
          .idle_timeout = std::chrono::minutes(1),
          .rows_are_all_visible = true,
          .modes = "ISOLATION LEVEL REPEATABLE READ"};
}

void RequireSameTables(const WipeOrder& order, const std::vector<TenantTable>& now) {
  if (EmptiedOids(now) == EmptiedOids(order.plan.tables)) return;
  throw Changed({{order.list.place, "the tables are others than those that were shown", {}}},
                "look at them again and run it again");
}

// With a backup, what came after it would be in none.
void RequireNothingWritten(const WipeOrder& order, const std::vector<TenantTable>& now) {
  if (!order.backup) return;
  std::vector<Problem> problems;
  for (size_t i = 0; i < now.size(); ++i) {
    const TenantTable& before = order.plan.tables[i];
    if (now[i].rows == before.rows && now[i].digest == before.digest) continue;
    problems.push_back(
        {now[i].name,
         now[i].rows == before.rows
             ? std::string("has other rows than before the backup")
             : fmt::format("has {} rows, and had {} before the backup", now[i].rows, before.rows),
         {}});
  }
  if (problems.empty()) return;
  throw Changed(std::move(problems),
                "put the application into maintenance, so that nothing writes, and run it again");
}

void RequireEmpty(pg::Connection& connection, std::vector<TenantTable> tables) {
  CountRows(connection, tables);
  std::vector<Problem> problems;
  for (const TenantTable& table : tables) {
    if (table.rows > 0) {
      problems.push_back({table.name, fmt::format("still has {} rows", table.rows), {}});
    }
  }
  for (const Sequence& sequence : ReadSequences(connection, EmptiedOids(tables))) {
    if (!sequence.IsAtStart()) {
      problems.push_back({sequence.name, "did not start again", {}});
    }
  }
  if (!problems.empty()) {
    throw Changed(std::move(problems), "look for a trigger on TRUNCATE that writes");
  }
}

void RequireKept(const std::vector<KeptTable>& before, const std::vector<KeptTable>& after) {
  std::vector<Problem> problems;
  for (const KeptTable& table : before) {
    const auto same = std::find_if(after.begin(), after.end(), [&](const KeptTable& other) {
      return other.name == table.name;
    });
    if (same != after.end() && *same == table) continue;
    problems.push_back({table.name, "is to be kept, and would have other rows afterwards", {}});
  }
  if (!problems.empty()) {
    throw Changed(std::move(problems), "look for a trigger on TRUNCATE that writes there");
  }
}

void Record(pg::Connection& connection, const pg::OwnSchema& schema, const core::Actor& actor,
            const WipeOrder& order, const std::vector<TenantTable>& emptied) {
  int64_t rows = 0;
  std::vector<std::string> names;
  std::vector<std::string> counts;
  for (const TenantTable& table : emptied) {
    rows += table.rows;
    names.push_back(table.name);
    counts.push_back(std::to_string(table.rows));
  }
  const std::string kept = order.backup
                               ? fmt::format("backup {}, {} bytes, listed by pg_restore",
                                             order.backup->file.string(), order.backup->bytes)
                               : std::string("no backup (--no-backup)");
  const std::string data =
      connection.Exec(kRowsByTable, {pg::ArrayText(names), pg::ArrayText(counts)})[0][0].c_str();
  const pg::AuditEvent event{
      .kind = "database wiped",
      .subject = order.reference,
      .detail = fmt::format("{} tables, {} rows; {}", emptied.size(), rows, kept),
      .data = data};
  pg::RecordEvents(connection, schema, actor, {&event, 1});
}

void WipeOnce(pg::Connection& connection, const pg::OwnSchema& schema, const core::Actor& actor,
              const WipeOrder& order) {
  pg::Transaction transaction(connection, SettingsFor(order));
  const std::string names = NamesOf(order.plan.tables);
  transaction.Exec("LOCK TABLE " + names + " IN ACCESS EXCLUSIVE MODE");

  std::vector<TenantTable> tables = FindTables(connection, order.list, schema.name());
  RequireSameTables(order, tables);
  RequireNothingElseReached(connection, order.list, tables);
  CountRows(connection, tables);
  RequireNothingWritten(order, tables);
  const std::vector<std::string> oids = EmptiedOids(tables);
  const std::vector<KeptTable> kept = ReadKeptTables(connection, oids, schema.name());

  transaction.Exec("TRUNCATE " + names + " RESTART IDENTITY RESTRICT");

  RequireEmpty(connection, tables);
  RequireKept(kept, ReadKeptTables(connection, oids, schema.name()));
  Record(connection, schema, actor, order, tables);
  transaction.Commit();
}

milliseconds Jitter() {
  static std::minstd_rand random(std::random_device{}());
  return milliseconds(std::uniform_int_distribution<int>(200, 1000)(random));
}

}  // namespace

void WipeDatabase(pg::Connection& connection, const pg::OwnSchema& schema, const core::Actor& actor,
                  const WipeOrder& order, core::EventSink& events, const std::stop_token& stop) {
  const auto deadline = Clock::now() + order.lock_patience;
  const std::vector<std::string> oids = EmptiedOids(order.plan.tables);
  for (;;) {
    try {
      return WipeOnce(connection, schema, actor, order);
    } catch (const pg::ServerError& error) {
      if (stop.stop_requested()) throw Interrupted();
      if (pg::RemedyFor(error.sqlstate) != pg::Remedy::kRetry) {
        throw Error(Failure::kFailed, Problem{"", error.what(), error.Details()}, kState,
                    "correct the cause and run it again");
      }
    }
    const std::vector<std::string> holders = ReadLockHolders(connection, oids);
    const std::string who =
        holders.empty() ? "others" : fmt::format("{}", fmt::join(holders, ", "));
    if (Clock::now() >= deadline) {
      throw Error(Failure::kBusy, Problem{"", "the tables are in use by " + who, {}}, kState,
                  "put the application into maintenance and run it again");
    }
    events.Emit(core::Notice{core::Notice::Level::kInfo, "waiting for " + who + "; trying again"});
    core::SleepFor(Jitter(), stop);
    if (stop.stop_requested()) throw Interrupted();
  }
}

}  // namespace rung::reset
