// Flow 2: one batch, from claim to commit.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "backfill/ledger.h"
#include "backfill/run_context.h"
#include "pg/connection.h"
#include "pg/server_error.h"

namespace rung::backfill {

struct Batch {
  const FillPlan* plan = nullptr;
  int64_t chunk_id = 0;
  int64_t rows = 0;
  std::chrono::microseconds took{0};
};

// The server refused the update of this chunk's slice; nothing of the batch is kept.
struct BatchFailed {
  const FillPlan* plan;
  Chunk chunk;
  pg::ServerError error;
};

struct BatchRequest {
  int64_t rows = 0;         // about so many
  int64_t avoid_chunk = 0;  // not a slice of this one
  int retries = 0;          // the tries before this one that came to nothing
};
// The parameters of FillPlan::update for a slice of a chunk.
pg::Params SliceOf(const FillPlan& plan, const Chunk& chunk);

// "host:pid/backend", as the ledger has it.
std::string WorkerName(const pg::Connection& connection, const RunContext& context);

// Claims a chunk, updates one slice of it, records that, commits; nullopt when no open chunk is
// free.
// Tx:     opens and commits its own.
// Errors: BatchFailed, ServerError: rolled back. ConnectionLost: committed or not; the chunk's row
//         knows, and the next claim reads it.
std::optional<Batch> RunBatch(pg::Connection& connection, const RunContext& context,
                              const BatchRequest& request);

}  // namespace rung::backfill
