// What a worker does when no chunk is free: cuts the next one, starts the next fill, verifies a
// swept one. Each in a transaction of its own, under the fill's row lock.
#pragma once

#include <cstdint>
#include <vector>

#include "backfill/ledger.h"
#include "backfill/run_context.h"
#include "pg/connection.h"

namespace rung::backfill {

enum class Step {
  kMoved,       // there is work again: claim
  kNothing,     // all that is left is in other workers' hands
  kComplete,    // every fill of this run is complete
  kNotRunning,  // paused or cancelled, from anywhere
};

// Which fills to try, best first: cut from those being swept, then verify, then start. Pure.
// Shape:  indexes into `fills`; `waits_for` is by position in the file.
std::vector<size_t> ChooseFills(const std::vector<FillRow>& fills,
                                const std::vector<std::vector<size_t>>& waits_for);

// Tx:     opens and commits its own.
// Errors: ServerError, ConnectionLost: nothing is kept, or the ledger knows.
//         core::Error (kFailed) when a fill does not come to its end however often it is swept.
Step Advance(pg::Connection& connection, const RunContext& context, int64_t batch_rows);

}  // namespace rung::backfill
