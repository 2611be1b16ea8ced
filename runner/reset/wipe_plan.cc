#include "reset/wipe_plan.h"

#include <algorithm>
#include <numeric>

#include "core/error.h"
#include "pg/transaction.h"
#include "reset/cascade.h"

namespace rung::reset {
namespace {

constexpr pg::TransactionSettings kReadTransaction{.lock_timeout = std::chrono::seconds(10),
                                                   .rows_are_all_visible = true,
                                                   .read_only = true,
                                                   .modes = "ISOLATION LEVEL REPEATABLE READ"};

}  // namespace

int64_t WipePlan::Rows() const {
  return std::accumulate(tables.begin(), tables.end(), int64_t{0},
                         [](int64_t sum, const TenantTable& table) { return sum + table.rows; });
}

int64_t WipePlan::Bytes() const {
  return std::accumulate(tables.begin(), tables.end(), int64_t{0},
                         [](int64_t sum, const TenantTable& table) { return sum + table.bytes; });
}

bool WipePlan::IsDone() const {
  return Rows() == 0 && std::all_of(sequences.begin(), sequences.end(),
                                    [](const Sequence& sequence) { return sequence.IsAtStart(); });
}

void RequireNothingElseReached(pg::Connection& connection, const TableList& list,
                               const std::vector<TenantTable>& tables) {
  const std::vector<std::string> reached = FindCascade(EmptiedOids(tables), ReadPulls(connection));
  if (reached.empty()) return;
  std::vector<core::Problem> problems;
  for (const std::string& path : reached) problems.push_back({list.place, path, {}});
  throw core::Error(
      core::Failure::kFailed, std::move(problems),
      "nothing was emptied: TRUNCATE would need CASCADE, and that empties these too",
      "add the tables to the list if they are to be emptied, or drop the foreign keys");
}

WipePlan ReadWipePlan(pg::Connection& connection, const TableList& list,
                      const std::string& own_schema) {
  pg::Transaction transaction(connection, kReadTransaction);
  WipePlan plan;
  plan.system_identifier =
      transaction.Exec("SELECT system_identifier FROM pg_control_system()")[0][0].c_str();
  plan.tables = FindTables(connection, list, own_schema);
  RequireNothingElseReached(connection, list, plan.tables);
  CountRows(connection, plan.tables);
  const std::vector<std::string> oids = EmptiedOids(plan.tables);
  plan.sequences = ReadSequences(connection, oids);
  plan.kept = ReadKeptTables(connection, oids, own_schema);
  plan.around = ReadSurroundings(connection, oids);
  return plan;
}

}  // namespace rung::reset
