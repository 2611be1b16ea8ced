#include "migrate/migration_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/statement_difference.h"

namespace rung::migrate {
namespace {

using core::Problem;

std::vector<std::string> Checksums(const Migration& migration, const HistoryRow& row) {
  return {fmt::format("applied: sha256 {}", row.checksum),
          fmt::format("file:    sha256 {}", migration.checksum)};
}

// What is done about files that disagree with the history.
struct Disagreement {
  std::vector<Problem> problems;
  bool has_late = false;
  bool has_other = false;

  [[noreturn]] void Throw() {
    std::string next =
        "bring the files back to what was applied, and put changes into a new migration with the "
        "next number";
    if (has_other) next += "; `rung repair` accepts what is meant to be so";
    if (has_late) next += "; --allow-late runs late files in their place";
    throw core::Error(core::Failure::kFailed, std::move(problems),
                      "nothing was changed by this run", std::move(next));
  }
};

}  // namespace

Change FindChange(const Migration& migration, const HistoryRow& row) {
  if (row.checksum == migration.checksum) return Change::kNone;
  if (row.is_applied) {
    return row.token_checksum == migration.token_checksum ? Change::kForm : Change::kReal;
  }
  // The part that ran must be as it was; the rest may have been mended.
  if (row.statements_done <= static_cast<int>(migration.statements.size()) &&
      ChecksumOfStatements(migration, row.statements_done) == row.done_checksum) {
    return Change::kNone;
  }
  return HasSameStart(row.statements, migration, row.statements_done) ? Change::kForm
                                                                      : Change::kReal;
}

Problem DescribeChange(const Migration& migration, const HistoryRow& row) {
  Problem problem{migration.path, "", {}};
  if (row.is_applied) {
    problem.what = fmt::format("changed since it was applied on {}", row.applied_at);
    if (FindChange(migration, row) == Change::kForm) {
      problem.what += " (only in comments, white space or line ends)";
    } else {
      problem.excerpt = DescribeDifference(row.statements, row.statements_total, migration);
    }
    for (std::string& line : Checksums(migration, row)) problem.excerpt.push_back(std::move(line));
  } else {
    problem.what = row.statements_done == 1
                       ? std::string("changed in its first statement, which is already done")
                       : fmt::format("changed in its first {} statements, which are already done",
                                     row.statements_done);
    problem.excerpt = DescribeDifferenceInStart(row.statements, migration);
  }
  return problem;
}

std::string DescribeMissing(const HistoryRow& row) {
  if (!row.is_applied) return "begun, but its file is missing";
  return fmt::format("{} on {}, but its file is missing",
                     row.is_baseline ? "taken over" : "applied", row.applied_at);
}

std::vector<std::string> DescribeChangesOfForm(const std::vector<Migration>& migrations,
                                               const std::vector<HistoryRow>& history) {
  std::vector<std::string> lines;
  auto row = history.begin();
  for (const Migration& migration : migrations) {
    while (row != history.end() && row->version < migration.version) ++row;
    if (row == history.end()) break;
    if (row->version != migration.version || FindChange(migration, *row) != Change::kForm) continue;
    lines.push_back(fmt::format(
        "{}: changed since it was {}, only in comments, white space or line ends; `rung repair "
        "{}` takes that over",
        migration.path, row->is_applied ? "applied on " + row->applied_at : std::string("begun"),
        row->version.text()));
  }
  return lines;
}

std::vector<PendingMigration> PlanMigrations(const std::vector<Migration>& migrations,
                                             const std::vector<HistoryRow>& history,
                                             LateFiles late) {
  std::vector<PendingMigration> pending;
  Disagreement disagreement;
  const auto last_applied = std::find_if(history.rbegin(), history.rend(),
                                         [](const HistoryRow& row) { return row.is_applied; });
  auto row = history.begin();
  const auto report_missing = [&] {
    disagreement.problems.push_back({row->Label(), DescribeMissing(*row), {}});
    disagreement.has_other = true;
    ++row;
  };
  for (const Migration& migration : migrations) {
    while (row != history.end() && row->version < migration.version) report_missing();
    if (row != history.end() && row->version == migration.version) {
      if (FindChange(migration, *row) == Change::kReal) {
        disagreement.problems.push_back(DescribeChange(migration, *row));
        disagreement.has_other = true;
      }
      if (!row->is_applied) {
        pending.push_back({&migration, row->statements_done, row->statement_is_open, true, false,
                           row->version.text()});
      }
      ++row;
      continue;
    }
    const bool is_late =
        last_applied != history.rend() && migration.version < last_applied->version;
    if (is_late && late == LateFiles::kRefused) {
      disagreement.problems.push_back(
          {migration.path, fmt::format("late: {} is applied already", last_applied->Label()), {}});
      disagreement.has_late = true;
      continue;
    }
    pending.push_back({.migration = &migration, .is_late = is_late});
  }
  while (row != history.end()) report_missing();
  if (!disagreement.problems.empty()) disagreement.Throw();
  return pending;
}

}  // namespace rung::migrate
