#include "migrate/migration_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"

namespace rung::migrate {
namespace {

using core::Problem;

// What is wrong with a file that the history knows; nothing for a good one.
void CheckKnown(const Migration& migration, const HistoryRow& row, std::vector<Problem>& problems) {
  if (row.checksum == migration.checksum) return;
  if (!row.is_applied) {
    // The part that ran must be as it was; the rest may have been mended.
    const bool same_start =
        row.statements_done <= static_cast<int>(migration.statements.size()) &&
        ChecksumOfStatements(migration, row.statements_done) == row.done_checksum;
    if (same_start) return;
    problems.push_back({migration.path,
                        row.statements_done == 1
                            ? "changed in its first statement, which is already done"
                            : fmt::format("changed in its first {} statements, which are already "
                                          "done",
                                          row.statements_done),
                        {}});
    return;
  }
  const bool form_only = row.token_checksum == migration.token_checksum;
  problems.push_back({migration.path,
                      form_only
                          ? fmt::format("changed since it was applied on {} (only in comments, "
                                        "white space or line ends)",
                                        row.applied_at)
                          : fmt::format("changed since it was applied on {}", row.applied_at),
                      {fmt::format("applied: sha256 {}", row.checksum),
                       fmt::format("file:    sha256 {}", migration.checksum)}});
}

}  // namespace

std::vector<PendingMigration> PlanMigrations(const std::vector<Migration>& migrations,
                                             const std::vector<HistoryRow>& history) {
  std::vector<PendingMigration> pending;
  std::vector<Problem> problems;
  const auto last_applied = std::find_if(history.rbegin(), history.rend(),
                                         [](const HistoryRow& row) { return row.is_applied; });
  auto row = history.begin();
  const auto report_missing = [&] {
    problems.push_back({fmt::format("{}_{}", row->version.text(), row->name),
                        row->is_applied
                            ? fmt::format("applied on {}, but its file is missing", row->applied_at)
                            : std::string("begun, but its file is missing"),
                        {}});
    ++row;
  };
  for (const Migration& migration : migrations) {
    while (row != history.end() && row->version < migration.version) report_missing();
    if (row != history.end() && row->version == migration.version) {
      CheckKnown(migration, *row, problems);
      if (!row->is_applied) {
        pending.push_back({&migration, row->statements_done, row->statement_is_open, true});
      }
      ++row;
      continue;
    }
    if (last_applied != history.rend() && migration.version < last_applied->version) {
      problems.push_back({migration.path,
                          fmt::format("late: {}_{} is applied already",
                                      last_applied->version.text(), last_applied->name),
                          {}});
      continue;
    }
    pending.push_back({&migration});
  }
  while (row != history.end()) report_missing();
  if (!problems.empty()) {
    throw core::Error(
        core::Failure::kFailed, std::move(problems), "nothing was changed by this run",
        "bring the files back to what was applied, and put changes into a new migration "
        "with the next number");
  }
  return pending;
}

}  // namespace rung::migrate
