// A batch whose slice has a row that the server refuses: the same slice in halves, down to that row,
// which is set aside; all others are filled.
#pragma once

#include <cstdint>
#include <optional>

#include "backfill/batch.h"
#include "backfill/run_context.h"
#include "pg/connection.h"

namespace rung::backfill {

// Claims this chunk, fills one slice of it, sets aside what is refused, records all of it and commits:
// whenever it is killed, each row is counted in one of them or in none. A slice with too many rows
// for that is halved instead, and left to the next batch.
// Returns nullopt where somebody else holds the chunk, or it is done.
// Tx:     opens and commits its own. For r refused rows among n some r log n statements.
// Errors: as RunBatch; core::Error (kFailed): more rows than may be set aside, of this backfill.
std::optional<Batch> RunBisectedBatch(pg::Connection& connection, const RunContext& context,
                                      int64_t chunk_id);

}  // namespace rung::backfill
