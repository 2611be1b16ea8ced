// The end of a round: is the backfill complete, or has its table other relations than at the start?
#pragma once

#include "backfill/run_context.h"
#include "fill/backfill_file.h"
#include "pg/connection.h"

namespace rung::backfill {

// Takes the plans of relations that the ledger does not know out of the context, where their fill
// has once = true: a partition that comes after the start may bring rows that were visited before.
// Each is told.
// Tx:     reads only.
void LeaveOutLateComers(RunContext& context, pg::Connection& connection);

// Rows that were mended or have gone since they were set aside are so no more, and a backfill that has
// only waited for them is verified again: it may have been a long time.
// Tx:     opens and commits its own.
void ReviewRejects(pg::Connection& connection, const RunContext& context);

// Looks at the relations again after every fill of this run is complete. Without new ones the
// backfill is complete, but for rows that are set aside; fills whose relation is gone end with it. More
// to do are partitions, inheritance children, or fills that another run has found.
// Tx:     opens and commits its own.
enum class RoundEnd { kComplete, kSetAside, kMore };
RoundEnd FinishRound(pg::Connection& connection, const RunContext& context,
                     const fill::BackfillFile& file);

}  // namespace rung::backfill
