#include "backfill/ledger.h"

#include <algorithm>
#include <sstream>

#include "backfill/batch_times.h"
#include "backfill/geometry.h"
#include "backfill/ledger_sql.h"
#include "backfill/reject.h"
#include "core/error.h"

namespace rung::backfill {
namespace {

using namespace ledger_sql;

std::optional<std::string> TextOrNull(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<std::string>();
}

std::optional<std::string> NumberOrNull(const std::optional<int64_t>& number) {
  return number ? std::optional(std::to_string(*number)) : std::nullopt;
}

FillState ParseState(const std::string& state) {
  if (state == "pending") return FillState::kPending;
  return state == "sweeping" ? FillState::kSweeping : FillState::kComplete;
}

// With what reject.h says of the fill `f`.
std::string WithRejects(const pg::OwnSchema& schema, std::string_view sql) {
  constexpr std::string_view kMark = "{has_rejects}";
  std::string text(sql);
  text.replace(text.find(kMark), kMark.size(), HasRejectsSql());
  return schema.In(text);
}

// A row that this transaction holds cannot have gone: somebody edits the ledger.
void RequireOneRow(const pqxx::result& result, const char* what) {
  if (result.affected_rows() == 1) return;
  throw core::Error(core::Failure::kFailed,
                    core::Problem{"", std::string(what) + " is not in the ledger any more", {}},
                    "this batch is rolled back, everything before it is kept",
                    "leave rung's own tables to rung, then run it again");
}

}  // namespace

std::span<const pg::OwnStep> LedgerSteps() { return kSteps; }

double ShareDone(const FillRow& fill) {
  if (fill.state == FillState::kComplete) return 1;
  if (fill.state == FillState::kPending) return 0;
  if (fill.sweep == ToString(Sweep::kKey)) {
    if (fill.is_swept && fill.open_chunks == 0) return 1;
    const auto total = static_cast<double>(std::max<int64_t>(fill.rows_estimate, 1));
    return std::clamp(static_cast<double>(fill.rows_passed) / total, 0.0, 0.99);
  }
  if (fill.upper_page == 0) return 1;
  return (static_cast<double>(fill.cursor_page) - fill.open_pages_left) /
         static_cast<double>(fill.upper_page);
}

std::vector<BackfillRow> ReadBackfillRows(pg::Connection& connection, const pg::OwnSchema& schema) {
  std::vector<BackfillRow> backfills;
  if (!pg::HasTable(connection, schema, "backfill")) return backfills;
  for (const auto& row : connection.Exec(schema.In(kReadBackfills))) {
    backfills.push_back({core::Version::Parse(row[0].as<std::string>()).value(),
                         row[1].as<std::string>(), row[2].as<std::string>(),
                         row[3].as<std::string>(), row[4].as<std::string>(),
                         row[5].as<std::string>()});
  }
  std::sort(backfills.begin(), backfills.end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  return backfills;
}

std::vector<FillRow> ReadFillRows(pg::Connection& connection, const pg::OwnSchema& schema,
                                  const core::Version& version) {
  std::vector<FillRow> fills;
  for (const auto& row : connection.Exec(schema.In(kReadFills), {version.text()})) {
    fills.push_back({.id = row[0].as<int64_t>(),
                     .position = row[1].as<size_t>(),
                     .relation = row[2].as<std::string>(),
                     .sweep = row[3].as<std::string>(),
                     .state = ParseState(row[4].as<std::string>()),
                     .pass = row[5].as<int>(),
                     .is_swept = row[6].as<bool>(),
                     .cursor_page = row[7].as<int64_t>(),
                     .upper_page = row[8].as<int64_t>(),
                     .slice_width = row[9].as<int>(),
                     .rows_estimate = row[10].as<int64_t>(),
                     .rows_filled = row[11].as<int64_t>(),
                     .batches = row[12].as<int64_t>(),
                     .open_chunks = row[13].as<int64_t>(),
                     .open_pages_left = row[14].as<double>(),
                     .rows_per_second = row[15].as<double>(),
                     .workers = row[16].as<int>(),
                     .seconds_since_start = row[17].as<double>(),
                     .rows_passed = row[18].as<int64_t>(),
                     .rows_hot = row[19].as<int64_t>()});
  }
  return fills;
}

std::vector<FillReceipt> ReadReceipts(pg::Connection& connection, const pg::OwnSchema& schema,
                                      const core::Version& version) {
  std::vector<FillReceipt> receipts;
  if (!pg::IsUpToDate(connection, schema, kSteps)) return receipts;
  for (const auto& row : connection.Exec(schema.In(kReadReceipts), {version.text()})) {
    FillReceipt receipt{.fill_id = row[0].as<int64_t>(),
                        .relation = row[1].as<std::string>(),
                        .rows_filled = row[2].as<int64_t>(),
                        .rows_hot = row[3].as<int64_t>(),
                        .batches = row[4].as<int64_t>(),
                        .retries = row[5].as<int64_t>(),
                        .wal_bytes = row[6].as<int64_t>(),
                        .bytes_before = row[7].as<int64_t>(),
                        .bytes_after = row[8].as<int64_t>(),
                        .batch_times = {}};
    std::istringstream counts(row[9].as<std::string>());
    for (int64_t count = 0; counts >> count;) receipt.batch_times.push_back(count);
    receipts.push_back(std::move(receipt));
  }
  return receipts;
}

void RegisterBackfill(pg::Connection& connection, const pg::OwnSchema& schema,
                      const fill::BackfillFile& file, const std::vector<FillPlan>& plans) {
  pg::Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10)});
  transaction.Exec(schema.In(kRegisterBackfill), {file.version.text(), file.name, file.checksum});
  for (const FillPlan& plan : plans) {
    transaction.Exec(schema.In(kRegisterFill),
                     {file.version.text(), std::to_string(plan.position), plan.relation.name,
                      std::string(ToString(plan.sweep)), plan.once ? "true" : "false",
                      std::to_string(static_cast<int64_t>(plan.relation.rows_estimate))});
  }
  transaction.Commit();
}

void ResumeWal(pg::Connection& connection, const pg::OwnSchema& schema,
               const core::Version& version) {
  connection.Exec(schema.In(kResumeWal), {version.text()});
}

void ReopenBackfill(pg::Connection& connection, const pg::OwnSchema& schema,
                    const core::Version& version) {
  connection.Exec(schema.In(kReopen), {version.text()});
}

void ReopenFills(pg::Connection& connection, const pg::OwnSchema& schema,
                 const core::Version& version) {
  connection.Exec(schema.In(kReopenFills), {version.text()});
}

std::string LockState(pg::Transaction& transaction, const pg::OwnSchema& schema,
                      const core::Version& version) {
  const pqxx::result rows = transaction.Exec(schema.In(kLockState), {version.text()});
  return rows.empty() ? "" : rows[0][0].as<std::string>();
}

void SetState(pg::Transaction& transaction, const pg::OwnSchema& schema,
              const core::Version& version, const std::string& state) {
  RequireOneRow(transaction.Exec(schema.In(kSetState), {version.text(), state}), "a backfill");
}

Standing ReadStanding(pg::Connection& connection, const pg::OwnSchema& schema,
                      const core::Version& version) {
  Standing standing;
  for (const auto& row : connection.Exec(schema.In(kReadStanding), {version.text()})) {
    standing.state = row[0].as<std::string>();
    if (!row[1].is_null()) standing.tuning[row[1].as<std::string>()] = row[2].as<std::string>();
  }
  return standing;
}

void Tune(pg::Transaction& transaction, const pg::OwnSchema& schema, const core::Version& version,
          bool anew, const std::map<std::string, std::string>& tuning) {
  std::vector<std::string> pairs;
  for (const auto& [name, value] : tuning) pairs.insert(pairs.end(), {name, value});
  RequireOneRow(transaction.Exec(schema.In(kTune),
                                 {version.text(), anew ? "true" : "false", pg::ArrayText(pairs)}),
                "a backfill");
}

void CloseFill(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id) {
  const std::string id = std::to_string(fill_id);
  transaction.Exec(schema.In(kDropChunks), {id});
  transaction.Exec(schema.In(kCompleteFill), {id});
}

bool CompleteBackfill(pg::Transaction& transaction, const pg::OwnSchema& schema,
                      const core::Version& version) {
  return !transaction.Exec(WithRejects(schema, kComplete), {version.text()}).empty();
}

std::optional<Chunk> ClaimChunk(pg::Transaction& transaction, const pg::OwnSchema& schema,
                                const core::Version& version, const std::string& fill_ids,
                                const ChunkChoice& choice) {
  const pqxx::result rows = transaction.Exec(
      WithRejects(schema, kClaim),
      {version.text(), fill_ids, std::to_string(choice.avoid), NumberOrNull(choice.only)});
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  return Chunk{.id = row[0].as<int64_t>(),
               .fill_id = row[1].as<int64_t>(),
               .lo_page = row[2].as<int64_t>(),
               .hi_page = row[3].as<int64_t>(),
               .lo_key = TextOrNull(row[4]),
               .hi_key = TextOrNull(row[5]),
               .slice_at = row[6].as<int>(),
               .slice_width = row[7].as<int>(),
               .rows_filled = row[8].as<int64_t>(),
               .hot_before = row[9].as<int64_t>(),
               .has_rejects = row[10].as<bool>()};
}

void RecordSlice(pg::Transaction& transaction, const pg::OwnSchema& schema, const Chunk& chunk,
                 const SliceRecord& record) {
  const std::string id = std::to_string(chunk.id);
  const std::string rows = std::to_string(record.rows);
  const std::string hot_before = std::to_string(chunk.hot_before);
  const std::string retries = std::to_string(record.retries);
  const std::string bucket = std::to_string(BatchTimeBucket(record.took));
  if (record.slice_end == kHashSpace) {
    RequireOneRow(transaction.Exec(schema.In(kFoldChunk), {id, rows, hot_before, retries, bucket}),
                  "a chunk");
    return;
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(record.took);
  RequireOneRow(
      transaction.Exec(schema.In(kRecordSlice),
                       {id, std::to_string(record.slice_end), rows, std::to_string(took.count()),
                        hot_before, retries, bucket, record.worker}),
      "a chunk");
}

void AddRowsFilled(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                   int64_t rows) {
  RequireOneRow(
      transaction.Exec(schema.In(kAddRows), {std::to_string(fill_id), std::to_string(rows)}),
      "a fill");
}

bool HalveSlices(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t chunk_id) {
  return !transaction.Exec(schema.In(kHalve), {std::to_string(chunk_id)}).empty();
}

std::optional<FillCursor> LockFill(pg::Transaction& transaction, const pg::OwnSchema& schema,
                                   int64_t fill_id) {
  const std::string id = std::to_string(fill_id);
  if (transaction.Exec(schema.In(kHoldFill), {id}).empty()) return std::nullopt;
  const pqxx::result rows = transaction.Exec(WithRejects(schema, kReadCursor), {id});
  if (rows.empty() || !rows[0][12].as<bool>()) return std::nullopt;
  const pqxx::row row = rows[0];
  return FillCursor{
      .state = ParseState(row[0].as<std::string>()),
      .pass = row[1].as<int>(),
      .is_swept = row[2].as<bool>(),
      .filenode = row[3].as<std::string>(),
      .cursor_page = row[4].as<int64_t>(),
      .upper_page = row[5].as<int64_t>(),
      .cursor_key = TextOrNull(row[6]),
      .upper_key = TextOrNull(row[7]),
      .slice_width = row[8].as<int>(),
      .progress = {row[9].is_null() ? std::nullopt : std::optional(row[9].as<int64_t>()),
                   row[10].as<int>()},
      .has_chunks = row[11].as<bool>(),
      .has_rejects = row[13].as<bool>()};
}

void StartSweep(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                const SweepStart& start) {
  const std::string id = std::to_string(fill_id);
  transaction.Exec(schema.In(kDropChunks), {id});
  RequireOneRow(
      transaction.Exec(
          schema.In(kStartSweep),
          {id, std::to_string(start.pass), start.is_empty ? "true" : "false", start.filenode,
           std::to_string(start.upper_page), start.upper_key, std::to_string(start.slice_width),
           std::to_string(start.rows_estimate), NumberOrNull(start.progress.values_missing),
           std::to_string(start.progress.passes_in_vain)}),
      "a fill");
}

void CarvePages(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                const FillCursor& cursor, int64_t pages) {
  const std::string id = std::to_string(fill_id);
  const std::string lo = std::to_string(cursor.cursor_page);
  const std::string hi = std::to_string(std::min(cursor.cursor_page + pages, cursor.upper_page));
  transaction.Exec(schema.In(kInsertChunk), {id, lo, hi, std::nullopt, std::nullopt,
                                             std::to_string(cursor.slice_width), "0"});
  RequireOneRow(transaction.Exec(schema.In(kMovePages), {id, hi}), "a fill");
}

void CarveKeys(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
               const FillCursor& cursor, const std::optional<std::string>& hi_key, int64_t rows) {
  const std::string id = std::to_string(fill_id);
  if (!hi_key) {
    RequireOneRow(transaction.Exec(schema.In(kEndKeys), {id}), "a fill");
    return;
  }
  transaction.Exec(schema.In(kInsertChunk),
                   {id, "0", "0", cursor.cursor_key, hi_key, std::to_string(cursor.slice_width),
                    std::to_string(rows)});
  RequireOneRow(transaction.Exec(schema.In(kMoveKeys), {id, hi_key, std::to_string(rows)}),
                "a fill");
}

void CompleteFill(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id) {
  RequireOneRow(transaction.Exec(schema.In(kCompleteFill), {std::to_string(fill_id)}), "a fill");
}

}  // namespace rung::backfill
