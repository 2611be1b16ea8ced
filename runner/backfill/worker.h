// One connection's loop: batch after batch, and what to do when one does not work.
#pragma once

#include <stop_token>

#include "backfill/run_context.h"

namespace rung::backfill {

// kSetAside: complete but for rows that are set aside. kDismissed: there are to be fewer workers now.
enum class WorkEnd { kComplete, kSetAside, kStopped, kDeadline, kNotRunning, kDismissed };

// Works until the backfill is complete, a stop, the deadline, or somebody pauses it; the index-th worker
// of this run, from 0.
// Tx:     opens and commits its own, on a connection of its own.
// Errors: core::Error (kFailed): a batch cannot be done, or the connection cannot be had again;
//         everything committed is kept.
WorkEnd Work(const RunContext& context, int index, const std::stop_token& stop);

}  // namespace rung::backfill
