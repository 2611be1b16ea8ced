// Asks the server, before the first batch, how it would do one, and refuses what would read a whole
// table again and again.
#pragma once

#include "backfill/fill_plan.h"
#include "fill/backfill_file.h"
#include "pg/connection.h"

namespace rung::backfill {

// Plans the update of a real first chunk. Where the planner would read a big table whole though an
// index serves, the batches are told not to: see FillPlan::before_update.
// Tx:     needs an open transaction; leaves its settings as they were.
// Errors: core::Error (kFailed) at the fill's place, with the plan: the filled table, if it is not
//         small, would not be read by the batch's own range, or another big one would be read whole
//         for every batch. ServerError: of the statement itself.
void CheckBatch(pg::Connection& connection, const fill::Fill& fill, FillPlan& plan);

}  // namespace rung::backfill
