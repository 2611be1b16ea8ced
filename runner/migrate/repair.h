// Carries out what a repair was planned to do. Runs no migration.
#pragma once

#include <string>
#include <vector>

#include "migrate/repair_plan.h"

namespace rung::migrate {

// Each step with its event, which keeps the row as it was.
// Tx:     opens and commits its own, one for all steps. Only under the run lock.
// Errors: ServerError: nothing is changed.
void ApplyRepair(const HistoryWriter& writer, const std::vector<RepairStep>& steps);

}  // namespace rung::migrate
