// All fills of a file on this server: what is run, or why not, and what is dangerous about it.
#pragma once

#include <string>
#include <vector>

#include "backfill/fill_plan.h"
#include "fill/backfill_file.h"
#include "fill/danger.h"
#include "pg/connection.h"

namespace rung::backfill {

// Every fill of the file, one plan for each relation it has on this server.
// Tx:     needs an open transaction; reads only.
// Errors: core::Error (kFailed) with the refusals of all fills: see fill::ResolveFill, CheckBatch,
//         fill::RequireUniqueSource.
std::vector<FillPlan> PlanBackfill(pg::Connection& connection, const fill::BackfillFile& file);

struct FillDanger {
  size_t position = 0;  // of the fill in its file
  std::string table;    // as written there; empty for what is the whole database's
  fill::Danger danger;
};

// In the order of the file, those of the whole database last.
// Tx:     reads only.
std::vector<FillDanger> ReadBackfillDangers(pg::Connection& connection,
                                            const fill::BackfillFile& file,
                                            const std::vector<FillPlan>& plans);

// "users: trigger touch fires: BEFORE UPDATE, each row"
std::string Describe(const FillDanger& danger);

}  // namespace rung::backfill
