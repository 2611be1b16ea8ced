// Rows that are set aside, tried again on request.
#pragma once

#include <cstdint>
#include <vector>

#include "backfill/fill_plan.h"
#include "backfill/reject.h"
#include "backfill/run_context.h"
#include "pg/connection.h"

namespace rung::backfill {

struct RetryResult {
  int64_t filled = 0;   // it works now
  int64_t settled = 0;  // gone, filled by somebody else, or no business of the fill any more
  int64_t refused = 0;  // again
};

// The update of one row, whose key is $1. Pure.
std::string UpdateOfRow(const FillPlan& plan);

// Each in a transaction of its own: the row, the counter, and its entry. What works or has nothing to do
// leaves the table, what fails counts an attempt. Entries that somebody else holds are passed over.
// Shape:  rejects of this plan's fill.
// Errors: ServerError that is not about the row: those before it are kept.
RetryResult RetryRejects(pg::Connection& connection, const pg::OwnSchema& schema,
                         const FillPlan& plan, const std::vector<Reject>& rejects,
                         const Redact& redact);

}  // namespace rung::backfill
