#include "migrate/standing.h"

#include <fmt/format.h>

namespace rung::migrate {
namespace {

// "statement 3", "statements 3 to 5" and the form of the verb that goes with it; from 1, inclusive.
std::string Range(size_t first, size_t last, const char* one, const char* many) {
  return first == last ? fmt::format("statement {} {}", first, one)
                       : fmt::format("statements {} to {} {}", first, last, many);
}

}  // namespace

std::string DescribeKept(const Migration& migration, int done) {
  const size_t count = migration.statements.size();
  if (done == 0) return "no statement of this file is kept";
  if (done == 1) return fmt::format("statement 1 of {} is done and kept", count);
  return fmt::format("statements 1 to {} of {} are done and kept", done, count);
}

std::string DescribeState(const Migration& migration, int done, const Unit& unit,
                          const std::string& bare) {
  if (migration.IsOneTransaction()) return kFileIsRolledBack;
  std::string state = DescribeKept(migration, done) + "; ";
  state += unit.in_transaction
               ? Range(unit.begin + 1, unit.end, "is rolled back", "are rolled back")
               : fmt::format("statement {} {}", unit.begin + 1, bare);
  const size_t count = migration.statements.size();
  if (unit.end < count) state += "; " + Range(unit.end + 1, count, "has not run", "have not run");
  return state;
}

std::string NextAfterFailure(const Migration& migration, int done) {
  if (migration.IsOneTransaction()) return "mend the file and run it again";
  return fmt::format("mend the file from line {} on and run it again: it goes on at statement {}",
                     migration.statements[static_cast<size_t>(done)].head_line, done + 1);
}

std::string DescribeInterrupted(const Migration& migration, const HistoryRow& row) {
  std::string text =
      fmt::format("after statement {} of {}", row.statements_done, row.statements_total);
  const auto at = static_cast<size_t>(row.statements_done);
  if (at >= migration.statements.size()) {
    return text + (row.error.empty() ? "" : ": " + row.error) + "; run `rung up` to go on";
  }
  const sql::Statement& next = migration.statements[at];
  text +=
      fmt::format("; statement {} ({}:{}: {})", at + 1, migration.path, next.head_line, next.head);
  if (row.statement_is_open) {
    return text + " was begun and its end is not known; `rung up` finds out, or asks";
  }
  if (!row.error.empty()) {
    return text + " failed: " + row.error + "; mend it and run `rung up` to go on there";
  }
  return text + " is next; run `rung up` to go on";
}

}  // namespace rung::migrate
