// Owns the tables `backfill`, `fill` and `chunk`: how far every backfill is. All progress lives
// here, none in memory; whoever comes next goes on from these rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backfill/fill_plan.h"
#include "core/version.h"
#include "fill/backfill_file.h"
#include "pg/own_schema.h"
#include "pg/transaction.h"

namespace rung::backfill {

std::span<const pg::OwnStep> LedgerSteps();

// A backfill as the database knows it.
struct BackfillRow {
  core::Version version;
  std::string name;
  std::string checksum;
  std::string state;  // running, paused, cancelled, complete
  std::string started_at;
  std::string completed_at;  // empty until then
  bool IsComplete() const { return state == "complete"; }
};

enum class FillState { kPending, kSweeping, kComplete };

// One relation of a fill as the database knows it, with its open chunks counted in.
struct FillRow {
  int64_t id = 0;
  size_t position = 0;  // of the fill in its file
  std::string relation;
  std::string sweep;
  FillState state = FillState::kPending;
  int pass = 1;
  bool is_swept = false;  // the cursor is at the end
  int64_t cursor_page = 0;
  int64_t upper_page = 0;
  int slice_width = 0;
  int64_t rows_estimate = 0;
  int64_t rows_filled = 0;
  int64_t batches = 0;
  int64_t open_chunks = 0;
  double open_pages_left = 0;  // of the open chunks, by the slices still to do
  double rows_per_second = 0;  // of the batches of the last seconds, all workers
  int workers = 0;             // seen in the last seconds
  double seconds_since_start = 0;
};

// The part of the page sweep that is done, 0 to 1; a key sweep is told by its rows.
double ShareDone(const FillRow& fill);

// Lowest version first; empty where the tables do not exist yet.
// Tx:     none; reads.
std::vector<BackfillRow> ReadBackfillRows(pg::Connection& connection, const pg::OwnSchema& schema);
std::vector<FillRow> ReadFillRows(pg::Connection& connection, const pg::OwnSchema& schema,
                                  const core::Version& version);

// Makes the rows of a backfill that has none yet, and those of relations that are new in it.
// Tx:     opens and commits its own.
void RegisterBackfill(pg::Connection& connection, const pg::OwnSchema& schema,
                      const fill::BackfillFile& file, const std::vector<FillPlan>& plans);

// Has a complete backfill verify itself again; fills with once = true stay as they are.
// Tx:     opens and commits its own.
void ReopenBackfill(pg::Connection& connection, const pg::OwnSchema& schema,
                    const core::Version& version);

// Nobody changes the state while the transaction lasts; workers read it with each claim.
// Shape:  as BackfillRow::state.
// Tx:     both act inside the caller's transaction.
std::string LockState(pg::Transaction& transaction, const pg::OwnSchema& schema,
                      const core::Version& version);
void SetState(pg::Transaction& transaction, const pg::OwnSchema& schema,
              const core::Version& version, const std::string& state);

// True for the one caller that found all fills complete and the backfill still running.
// Tx:     acts inside the caller's transaction.
bool CompleteBackfill(pg::Transaction& transaction, const pg::OwnSchema& schema,
                      const core::Version& version);

// A chunk that is held until the transaction ends.
struct Chunk {
  int64_t id = 0;
  int64_t fill_id = 0;
  int64_t lo_page = 0, hi_page = 0;           // page sweep
  std::optional<std::string> lo_key, hi_key;  // key sweep: text[] literals, (lo, hi]
  int slice_at = 0;
  int slice_width = 0;
  int64_t rows_filled = 0;
};

// Locks the first open chunk of the running backfill that nobody holds.
// Shape:  fill_ids is a bigint[] literal: the fills that this run has a plan for.
// Tx:     acts inside the caller's transaction; never waits.
std::optional<Chunk> ClaimChunk(pg::Transaction& transaction, const pg::OwnSchema& schema,
                                const core::Version& version, const std::string& fill_ids);

struct SliceRecord {
  int slice_end = 0;  // kHashSpace ends the chunk
  int64_t rows = 0;
  std::chrono::milliseconds took{0};
  std::string worker;  // "host:pid/backend"
};

// Records a slice in its chunk's row; the last one folds the chunk into its fill.
// Tx:     acts inside the caller's transaction, the one that did the work.
void RecordSlice(pg::Transaction& transaction, const pg::OwnSchema& schema, const Chunk& chunk,
                 const SliceRecord& record);

// Halves the slices of a chunk that was too much at once; false when they cannot get smaller.
// Tx:     acts inside the caller's transaction.
bool HalveSlices(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t chunk_id);

// What the passes over a fill have come to so far.
struct PassProgress {
  std::optional<int64_t> values_missing;  // after the last pass; nullopt in the first
  int passes_in_vain = 0;                 // the last ones, which have left no fewer missing
};

// Locks one fill's row; nullopt when somebody else holds it.
// Tx:     acts inside the caller's transaction; never waits.
struct FillCursor {
  FillState state = FillState::kPending;
  int pass = 1;
  bool is_swept = false;
  std::string filenode;
  int64_t cursor_page = 0, upper_page = 0;
  std::optional<std::string> cursor_key, upper_key;
  int slice_width = 0;
  PassProgress progress;
  bool has_chunks = false;
};
std::optional<FillCursor> LockFill(pg::Transaction& transaction, const pg::OwnSchema& schema,
                                   int64_t fill_id);

// Where a pass begins. Chunks of an earlier one are dropped, what they counted is kept.
// Tx:     acts inside the caller's transaction, which holds the fill's row.
struct SweepStart {
  int pass = 1;
  std::string filenode;
  int64_t upper_page = 0;                // page sweep
  std::optional<std::string> upper_key;  // key sweep; nullopt for an empty table
  bool is_empty = false;
  int slice_width = 0;
  int64_t rows_estimate = 0;
  PassProgress progress;
};
void StartSweep(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                const SweepStart& start);

// Cuts the next chunk off and moves the cursor.
// Tx:     acts inside the caller's transaction, which holds the fill's row.
void CarvePages(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                const FillCursor& cursor, int64_t pages);
void CarveKeys(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
               const FillCursor& cursor, const std::optional<std::string>& hi_key);

// Tx:     acts inside the caller's transaction, which holds the fill's row.
void CompleteFill(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id);

}  // namespace rung::backfill
