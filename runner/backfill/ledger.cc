#include "backfill/ledger.h"

#include <algorithm>

#include "backfill/geometry.h"
#include "core/error.h"

namespace rung::backfill {
namespace {

constexpr pg::OwnStep kSteps[] = {{"backfill", 1, R"(
CREATE TABLE {rung}.backfill (
  version      text PRIMARY KEY,
  name         text NOT NULL,
  checksum     text NOT NULL,
  state        text NOT NULL DEFAULT 'running'
               CHECK (state IN ('running', 'paused', 'cancelled', 'complete')),
  started_at   timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz
))"},
                                  {"fill", 1, R"(
CREATE TABLE {rung}.fill (
  id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version       text NOT NULL REFERENCES {rung}.backfill,
  position      integer NOT NULL,
  relation      text NOT NULL,
  sweep         text NOT NULL,
  once          boolean NOT NULL,
  state         text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'sweeping', 'complete')),
  pass          integer NOT NULL DEFAULT 1,
  is_swept      boolean NOT NULL DEFAULT false,
  filenode      oid NOT NULL DEFAULT 0,
  cursor_page   bigint NOT NULL DEFAULT 0,
  upper_page    bigint NOT NULL DEFAULT 0,
  cursor_key    text[],
  upper_key     text[],
  slice_width   integer NOT NULL DEFAULT 1024,
  rows_estimate bigint NOT NULL,
  rows_filled   bigint NOT NULL DEFAULT 0,
  batches       bigint NOT NULL DEFAULT 0,
  started_at    timestamptz,
  completed_at  timestamptz,
  UNIQUE (version, position, relation)
))"},
                                  {"chunk", 1, R"(
CREATE TABLE {rung}.chunk (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fill_id     bigint NOT NULL REFERENCES {rung}.fill,
  lo_page     bigint NOT NULL,
  hi_page     bigint NOT NULL,
  lo_key      text[],
  hi_key      text[],
  slice_at    integer NOT NULL DEFAULT 0,
  slice_width integer NOT NULL,
  rows_filled bigint NOT NULL DEFAULT 0,
  batches     bigint NOT NULL DEFAULT 0,
  batch_rows  bigint NOT NULL DEFAULT 0,
  batch_ms    bigint NOT NULL DEFAULT 0,
  worker      text NOT NULL DEFAULT '',
  updated_at  timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 50))"}};

constexpr std::string_view kReadBackfills = R"(
SELECT version, name, checksum, state, started_at::timestamptz(0)::text,
       coalesce(completed_at::timestamptz(0)::text, '')
FROM {rung}.backfill)";

constexpr std::string_view kReadFills = R"(
SELECT f.id, f.position, f.relation, f.sweep, f.state, f.pass, f.is_swept, f.cursor_page,
       f.upper_page, f.slice_width, f.rows_estimate, f.rows_filled + c.rows_filled,
       f.batches + c.batches, c.open_chunks, c.pages_left, c.rate, c.workers,
       coalesce(extract(epoch FROM coalesce(f.completed_at, clock_timestamp()) - f.started_at), 0)
FROM {rung}.fill f, LATERAL (
  SELECT coalesce(sum(rows_filled), 0)::bigint AS rows_filled,
         coalesce(sum(batches), 0)::bigint AS batches,
         count(*) AS open_chunks,
         coalesce(sum((hi_page - lo_page) * (1024 - slice_at) / 1024.0), 0)::float8 AS pages_left,
         coalesce(sum(batch_rows * 1000.0 / greatest(batch_ms, 1)) FILTER (WHERE recent), 0)::float8
           AS rate,
         count(DISTINCT worker) FILTER (WHERE recent) AS workers
  FROM (SELECT *, updated_at > clock_timestamp() - interval '5 s' AND batches > 0 AS recent
        FROM {rung}.chunk WHERE fill_id = f.id) AS own) AS c
WHERE f.version = $1 ORDER BY f.position, f.id)";

constexpr std::string_view kRegisterBackfill = R"(
INSERT INTO {rung}.backfill (version, name, checksum) VALUES ($1, $2, $3)
ON CONFLICT (version) DO NOTHING)";

constexpr std::string_view kRegisterFill = R"(
INSERT INTO {rung}.fill (version, position, relation, sweep, once, rows_estimate)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (version, position, relation) DO NOTHING)";

// The cursor is left at the end: the verification comes first, and a pass only where it finds rows.
constexpr std::string_view kReopen = R"(
WITH reopened AS (
  UPDATE {rung}.backfill SET state = 'running', completed_at = NULL
  WHERE version = $1 AND state = 'complete' RETURNING version
)
UPDATE {rung}.fill f SET state = 'sweeping', is_swept = true, completed_at = NULL
FROM reopened WHERE f.version = reopened.version AND NOT f.once)";

constexpr std::string_view kComplete = R"(
UPDATE {rung}.backfill SET state = 'complete', completed_at = clock_timestamp()
WHERE version = $1 AND state = 'running'
  AND NOT EXISTS (SELECT FROM {rung}.fill WHERE version = $1 AND state <> 'complete')
RETURNING version)";

constexpr std::string_view kClaim = R"(
SELECT c.id, c.fill_id, c.lo_page, c.hi_page, c.lo_key::text, c.hi_key::text, c.slice_at,
       c.slice_width, c.rows_filled
FROM {rung}.chunk c JOIN {rung}.fill f ON f.id = c.fill_id
     JOIN {rung}.backfill b ON b.version = f.version
WHERE b.version = $1 AND b.state = 'running' AND f.id = ANY ($2::bigint[])
ORDER BY f.position, c.id LIMIT 1
FOR UPDATE OF c SKIP LOCKED)";

constexpr std::string_view kRecordSlice = R"(
UPDATE {rung}.chunk
SET slice_at = $2, rows_filled = rows_filled + $3, batches = batches + 1, batch_rows = $3,
    batch_ms = $4, worker = $5, updated_at = clock_timestamp()
WHERE id = $1)";

constexpr std::string_view kFoldChunk = R"(
WITH folded AS (
  DELETE FROM {rung}.chunk WHERE id = $1 RETURNING fill_id, rows_filled, batches
)
UPDATE {rung}.fill f
SET rows_filled = f.rows_filled + folded.rows_filled + $2, batches = f.batches + folded.batches + 1
FROM folded WHERE f.id = folded.fill_id)";

constexpr std::string_view kHalve = R"(
UPDATE {rung}.chunk SET slice_width = slice_width / 2 WHERE id = $1 AND slice_width > 1
RETURNING slice_width)";

constexpr std::string_view kLockFill = R"(
SELECT f.state, f.pass, f.is_swept, f.filenode, f.cursor_page, f.upper_page, f.cursor_key::text,
       f.upper_key::text, f.slice_width,
       EXISTS (SELECT FROM {rung}.chunk WHERE fill_id = f.id),
       (SELECT state FROM {rung}.backfill b WHERE b.version = f.version) = 'running'
FROM {rung}.fill f WHERE f.id = $1
FOR UPDATE OF f SKIP LOCKED)";

constexpr std::string_view kDropChunks = R"(
WITH dropped AS (
  DELETE FROM {rung}.chunk WHERE fill_id = $1 RETURNING rows_filled, batches
)
UPDATE {rung}.fill SET rows_filled = rows_filled + (SELECT coalesce(sum(rows_filled), 0) FROM dropped),
                       batches = batches + (SELECT coalesce(sum(batches), 0) FROM dropped)
WHERE id = $1)";

constexpr std::string_view kStartSweep = R"(
UPDATE {rung}.fill
SET state = 'sweeping', pass = $2, is_swept = $3, filenode = $4, cursor_page = 0, upper_page = $5,
    cursor_key = NULL, upper_key = $6, slice_width = $7, rows_estimate = $8,
    started_at = coalesce(started_at, clock_timestamp())
WHERE id = $1)";

constexpr std::string_view kInsertChunk = R"(
INSERT INTO {rung}.chunk (fill_id, lo_page, hi_page, lo_key, hi_key, slice_width)
VALUES ($1, $2, $3, $4, $5, $6))";

constexpr std::string_view kMovePages =
    "UPDATE {rung}.fill SET cursor_page = $2, is_swept = $2 >= upper_page WHERE id = $1";

constexpr std::string_view kMoveKeys =
    "UPDATE {rung}.fill SET cursor_key = $2, is_swept = $2 IS NOT DISTINCT FROM upper_key WHERE id "
    "= $1";

constexpr std::string_view kEndKeys = "UPDATE {rung}.fill SET is_swept = true WHERE id = $1";

constexpr std::string_view kCompleteFill = R"(
UPDATE {rung}.fill SET state = 'complete', completed_at = clock_timestamp() WHERE id = $1)";

std::optional<std::string> TextOrNull(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<std::string>();
}

FillState ParseState(const std::string& state) {
  if (state == "pending") return FillState::kPending;
  return state == "sweeping" ? FillState::kSweeping : FillState::kComplete;
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
    return std::min(0.99, static_cast<double>(fill.rows_filled) / total);
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
                     .seconds_since_start = row[17].as<double>()});
  }
  return fills;
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

void ReopenBackfill(pg::Connection& connection, const pg::OwnSchema& schema,
                    const core::Version& version) {
  connection.Exec(schema.In(kReopen), {version.text()});
}

bool CompleteBackfill(pg::Transaction& transaction, const pg::OwnSchema& schema,
                      const core::Version& version) {
  return !transaction.Exec(schema.In(kComplete), {version.text()}).empty();
}

std::optional<Chunk> ClaimChunk(pg::Transaction& transaction, const pg::OwnSchema& schema,
                                const core::Version& version, const std::string& fill_ids) {
  const pqxx::result rows = transaction.Exec(schema.In(kClaim), {version.text(), fill_ids});
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
               .rows_filled = row[8].as<int64_t>()};
}

void RecordSlice(pg::Transaction& transaction, const pg::OwnSchema& schema, const Chunk& chunk,
                 const SliceRecord& record) {
  const std::string id = std::to_string(chunk.id);
  const std::string rows = std::to_string(record.rows);
  if (record.slice_end == kHashSpace) {
    RequireOneRow(transaction.Exec(schema.In(kFoldChunk), {id, rows}), "a chunk");
  } else {
    RequireOneRow(transaction.Exec(schema.In(kRecordSlice),
                                   {id, std::to_string(record.slice_end), rows,
                                    std::to_string(record.took.count()), record.worker}),
                  "a chunk");
  }
}

bool HalveSlices(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t chunk_id) {
  return !transaction.Exec(schema.In(kHalve), {std::to_string(chunk_id)}).empty();
}

std::optional<FillCursor> LockFill(pg::Transaction& transaction, const pg::OwnSchema& schema,
                                   int64_t fill_id) {
  const pqxx::result rows = transaction.Exec(schema.In(kLockFill), {std::to_string(fill_id)});
  if (rows.empty() || !rows[0][10].as<bool>()) return std::nullopt;
  const pqxx::row row = rows[0];
  return FillCursor{.state = ParseState(row[0].as<std::string>()),
                    .pass = row[1].as<int>(),
                    .is_swept = row[2].as<bool>(),
                    .filenode = row[3].as<std::string>(),
                    .cursor_page = row[4].as<int64_t>(),
                    .upper_page = row[5].as<int64_t>(),
                    .cursor_key = TextOrNull(row[6]),
                    .upper_key = TextOrNull(row[7]),
                    .slice_width = row[8].as<int>(),
                    .has_chunks = row[9].as<bool>()};
}

void StartSweep(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                const SweepStart& start) {
  const std::string id = std::to_string(fill_id);
  transaction.Exec(schema.In(kDropChunks), {id});
  RequireOneRow(
      transaction.Exec(schema.In(kStartSweep),
                       {id, std::to_string(start.pass), start.is_empty ? "true" : "false",
                        start.filenode, std::to_string(start.upper_page), start.upper_key,
                        std::to_string(start.slice_width), std::to_string(start.rows_estimate)}),
      "a fill");
}

void CarvePages(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
                const FillCursor& cursor, int64_t pages) {
  const std::string id = std::to_string(fill_id);
  const std::string lo = std::to_string(cursor.cursor_page);
  const std::string hi = std::to_string(std::min(cursor.cursor_page + pages, cursor.upper_page));
  transaction.Exec(schema.In(kInsertChunk),
                   {id, lo, hi, std::nullopt, std::nullopt, std::to_string(cursor.slice_width)});
  RequireOneRow(transaction.Exec(schema.In(kMovePages), {id, hi}), "a fill");
}

void CarveKeys(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id,
               const FillCursor& cursor, const std::optional<std::string>& hi_key) {
  const std::string id = std::to_string(fill_id);
  if (!hi_key) {
    RequireOneRow(transaction.Exec(schema.In(kEndKeys), {id}), "a fill");
    return;
  }
  transaction.Exec(schema.In(kInsertChunk),
                   {id, "0", "0", cursor.cursor_key, hi_key, std::to_string(cursor.slice_width)});
  RequireOneRow(transaction.Exec(schema.In(kMoveKeys), {id, hi_key}), "a fill");
}

void CompleteFill(pg::Transaction& transaction, const pg::OwnSchema& schema, int64_t fill_id) {
  RequireOneRow(transaction.Exec(schema.In(kCompleteFill), {std::to_string(fill_id)}), "a fill");
}

}  // namespace rung::backfill
