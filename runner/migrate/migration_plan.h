// Decides what is to be applied, from the files and the history alone. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/error.h"
#include "migrate/history.h"
#include "migrate/migration.h"

namespace rung::migrate {

// A migration that is not applied yet, or not to its end.
struct PendingMigration {
  const Migration* migration = nullptr;  // lives as long as the list it was planned from
  int statements_done = 0;
  bool statement_is_open = false;
  bool is_begun = false;  // an earlier run has come to some statement of it
  bool is_late = false;   // a higher one is applied already
  std::string recorded_as =
      {};  // its number in the history, where that is written in another width
};

enum class LateFiles { kRefused, kAllowed };

// Shape:  both lists lowest version first.
// Errors: core::Error (kFailed) naming every file that disagrees with the history: changed since it
//         was applied, gone, or new below the highest applied one.
std::vector<PendingMigration> PlanMigrations(const std::vector<Migration>& migrations,
                                             const std::vector<HistoryRow>& history,
                                             LateFiles late = LateFiles::kRefused);

enum class Change { kNone, kForm, kReal };

// How a file differs from what was applied of it.
Change FindChange(const Migration& migration, const HistoryRow& row);

// "changed since it was applied on …" and the lines below it: the first difference, the checksums.
core::Problem DescribeChange(const Migration& migration, const HistoryRow& row);

// A line for every file that differs in comments, white space or line ends alone.
std::vector<std::string> DescribeChangesOfForm(const std::vector<Migration>& migrations,
                                               const std::vector<HistoryRow>& history);

// The row whose file is gone, in words.
std::string DescribeMissing(const HistoryRow& row);

}  // namespace rung::migrate
