#include "fill/dependencies.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "core/error.h"

namespace rung::fill {
namespace {

bool Sets(const Fill& fill, const std::string& table, const std::string& column) {
  return fill.table == table &&
         std::any_of(fill.set.begin(), fill.set.end(),
                     [&](const Assignment& assignment) { return assignment.column == column; });
}

// Does this fill read, in any of its expressions, a column that the other one sets?
bool Reads(const Fill& fill, const Fill& other) {
  const auto reads = [&](const sql::Expression& expression) {
    return std::any_of(
        expression.columns.begin(), expression.columns.end(), [&](const sql::ColumnUse& use) {
          const std::string& table = use.qualifier.empty() ? fill.table : fill.from->text;
          return Sets(other, table, use.column);
        });
  };
  return (fill.match && reads(*fill.match)) || (fill.where && reads(*fill.where)) ||
         std::any_of(fill.set.begin(), fill.set.end(),
                     [&](const Assignment& assignment) { return reads(assignment.value); });
}

}  // namespace

std::vector<std::vector<size_t>> FindDependencies(const BackfillFile& file) {
  const size_t count = file.fills.size();
  std::vector<std::vector<size_t>> waits_for(count);
  for (size_t i = 0; i < count; ++i) {
    for (size_t other = 0; other < count; ++other) {
      if (other != i && Reads(file.fills[i], file.fills[other])) waits_for[i].push_back(other);
    }
  }
  // Depth first: a fill met again while it is still open closes a circle.
  enum class Mark { kNew, kOpen, kDone };
  std::vector<Mark> marks(count, Mark::kNew);
  const std::function<void(size_t)> visit = [&](size_t i) {
    if (marks[i] == Mark::kDone) return;
    if (marks[i] == Mark::kOpen) {
      throw core::Error(
          core::Failure::kUsage,
          core::Problem{file.fills[i].place,
                        fmt::format("the fill of {} waits for itself: the fills read each "
                                    "other's columns",
                                    file.fills[i].table),
                        {}},
          "nothing was run", "correct the file and run it again");
    }
    marks[i] = Mark::kOpen;
    for (size_t other : waits_for[i]) visit(other);
    marks[i] = Mark::kDone;
  };
  for (size_t i = 0; i < count; ++i) visit(i);
  return waits_for;
}

}  // namespace rung::fill
