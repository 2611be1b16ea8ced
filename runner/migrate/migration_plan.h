// Decides what is to be applied, from the files and the history alone. Pure.
#pragma once

#include <vector>

#include "migrate/history.h"
#include "migrate/migration.h"

namespace rung::migrate {

// A migration that is not applied yet, or not to its end.
struct PendingMigration {
  const Migration* migration = nullptr;  // lives as long as the list it was planned from
  int statements_done = 0;
  bool statement_is_open = false;
  bool is_begun = false;  // an earlier run has come to some statement of it
};

// Shape:  both lists lowest version first.
// Errors: core::Error (kFailed) naming every file that disagrees with the history: changed since it
// was
//         applied, gone, or new below the highest applied one.
std::vector<PendingMigration> PlanMigrations(const std::vector<Migration>& migrations,
                                             const std::vector<HistoryRow>& history);

}  // namespace rung::migrate
