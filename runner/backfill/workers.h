// The workers of one run: as many as the limits say at the moment.
#pragma once

#include <stop_token>

#include "backfill/run_context.h"
#include "backfill/worker.h"

namespace rung::backfill {

// Returns when all have ended. The first one that fails stops the others.
// Errors: core::Error of that one; everything committed is kept.
WorkEnd RunWorkers(const RunContext& context, const std::stop_token& stop);

}  // namespace rung::backfill
