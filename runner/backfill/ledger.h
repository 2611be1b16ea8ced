// Owns the tables `backfill`, `fill` and `chunk`: how far every backfill is. All progress lives
// here, none in memory; whoever comes next goes on from these rows.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
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
  int64_t rows_passed = 0;  // key sweep: rows of this pass behind the workers, filled or not
  int64_t rows_hot = 0;     // of rows_filled: updates that touched no index
};

// The part of this pass that is done, 0 to 1.
double ShareDone(const FillRow& fill);

// What a fill has cost so far, all runs together.
struct FillReceipt {
  int64_t fill_id = 0;
  std::string relation;
  int64_t rows_filled = 0;
  int64_t rows_hot = 0;
  int64_t batches = 0;
  int64_t retries = 0;
  int64_t wal_bytes = 0;                      // that the server wrote meanwhile, for whomever
  int64_t bytes_before = 0, bytes_after = 0;  // table and indexes; after: now, until it is complete
  std::vector<int64_t> batch_times;           // counts by bucket, see batch_times.h
};

// Lowest version first; empty where the tables do not exist yet.
// Tx:     none; reads.
std::vector<BackfillRow> ReadBackfillRows(pg::Connection& connection, const pg::OwnSchema& schema);
std::vector<FillRow> ReadFillRows(pg::Connection& connection, const pg::OwnSchema& schema,
                                  const core::Version& version);

// Tx:     none; reads.
// Returns none where an older rung has made the tables.
std::vector<FillReceipt> ReadReceipts(pg::Connection& connection, const pg::OwnSchema& schema,
                                      const core::Version& version);

// Makes the rows of a backfill that has none yet, and those of relations that are new in it.
// Tx:     opens and commits its own.
void RegisterBackfill(pg::Connection& connection, const pg::OwnSchema& schema,
                      const fill::BackfillFile& file, const std::vector<FillPlan>& plans);

// What the server writes is counted as this backfill's from now on, where nobody works on it yet.
// Tx:     opens and commits its own.
void ResumeWal(pg::Connection& connection, const pg::OwnSchema& schema,
               const core::Version& version);

// Has a complete backfill verify itself again; fills with once = true stay as they are.
// Tx:     opens and commits its own.
void ReopenBackfill(pg::Connection& connection, const pg::OwnSchema& schema,
                    const core::Version& version);

// Has the fills of a running backfill that are complete verify themselves again, but for once = true.
// Tx:     opens and commits its own.
void ReopenFills(pg::Connection& connection, const pg::OwnSchema& schema,
                 const core::Version& version);

// Nobody changes the state while the transaction lasts; workers read it with each claim.
// Shape:  as BackfillRow::state.
// Tx:     both act inside the caller's transaction.
std::string LockState(pg::Transaction& transaction, const pg::OwnSchema& schema,
                      const core::Version& version);
void SetState(pg::Transaction& transaction, const pg::OwnSchema& schema,
              const core::Version& version, const std::string& state);

// What was said while it runs: its state, and the limits that were tuned, by name.
// Tx:     none; reads.
struct Standing {
  std::string state;
  std::map<std::string, std::string> tuning;
};
Standing ReadStanding(pg::Connection& connection, const pg::OwnSchema& schema,
                      const core::Version& version);

// Adds to what is tuned, or begins anew.
// Tx:     acts inside the caller's transaction.
void Tune(pg::Transaction& transaction, const pg::OwnSchema& schema, const core::Version& version,
          bool anew, const std::map<std::string, std::string>& tuning);

// Ends a fill whose relation is gone: its open chunks with it, what it has filled stays counted.
// Tx:     acts inside the caller's transaction.
void CloseFill(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id);

// True for the one caller that found all fills complete, no row set aside, and the backfill still
// running.
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
  int64_t hot_before = 0;    // HOT updates of the relation that this session counted before
  bool has_rejects = false;  // the fill has rows that are set aside
};

struct ChunkChoice {
  int64_t avoid = 0;            // any but this one
  std::optional<int64_t> only;  // none but this one
};

// Locks an open chunk of the running backfill that nobody holds, the one that was longest left alone.
// Shape:  fill_ids is a bigint[] literal: the fills that this run has a plan for.
// Tx:     acts inside the caller's transaction; never waits.
std::optional<Chunk> ClaimChunk(pg::Transaction& transaction, const pg::OwnSchema& schema,
                                const core::Version& version, const std::string& fill_ids,
                                const ChunkChoice& choice);

struct SliceRecord {
  int slice_end = 0;  // kHashSpace ends the chunk
  int64_t rows = 0;
  std::chrono::microseconds took{0};
  int retries = 0;     // that it took to get here
  std::string worker;  // "host:pid/backend"
};

// Records a slice in its chunk's row; the last one folds the chunk into its fill.
// Tx:     acts inside the caller's transaction, the one that did the work.
void RecordSlice(pg::Transaction& transaction, const pg::OwnSchema& schema, const Chunk& chunk,
                 const SliceRecord& record);

// Counts rows that were filled outside of any chunk.
// Tx:     acts inside the caller's transaction, the one that did the work.
void AddRowsFilled(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                   int64_t rows);

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
  bool has_rejects = false;
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
// Units:  rows: in the chunk, at most.
// Tx:     acts inside the caller's transaction, which holds the fill's row.
void CarvePages(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                const FillCursor& cursor, int64_t pages);
void CarveKeys(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
               const FillCursor& cursor, const std::optional<std::string>& hi_key, int64_t rows);

// Tx:     acts inside the caller's transaction, which holds the fill's row.
void CompleteFill(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id);

}  // namespace rung::backfill
