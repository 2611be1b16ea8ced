// All SQL about the tables `backfill`, `fill` and `chunk`, which nothing else in the program names. What
// the statements are for, and in which transactions, is said in ledger.h; only ledger.cc runs them, with
// reject.h's part about the fill `f` for {has_rejects}.
#pragma once

#include <string_view>

#include "pg/own_schema.h"

namespace rung::backfill::ledger_sql {

inline constexpr pg::OwnStep kSteps[] = {{"backfill", 1, R"(
CREATE TABLE {rung}.backfill (
  version      text PRIMARY KEY,
  name         text NOT NULL,
  checksum     text NOT NULL,
  state        text NOT NULL DEFAULT 'running'
               CHECK (state IN ('running', 'paused', 'cancelled', 'complete')),
  started_at   timestamptz NOT NULL DEFAULT now(),
  completed_at timestamptz
))"},
                                         {"backfill", 2, R"(
ALTER TABLE {rung}.backfill ADD COLUMN tuning jsonb NOT NULL DEFAULT '{}')"},
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
                                         {"fill", 2, R"(
ALTER TABLE {rung}.fill
  ADD COLUMN values_missing bigint,
  ADD COLUMN passes_in_vain integer NOT NULL DEFAULT 0)"},
                                         {"fill", 3, R"(
ALTER TABLE {rung}.fill
  ADD COLUMN rows_carved  bigint NOT NULL DEFAULT 0,
  ADD COLUMN rows_hot     bigint NOT NULL DEFAULT 0,
  ADD COLUMN retries      bigint NOT NULL DEFAULT 0,
  ADD COLUMN batch_times  bigint[] NOT NULL DEFAULT '{}',
  ADD COLUMN wal_bytes    bigint NOT NULL DEFAULT 0,
  ADD COLUMN wal_lsn      pg_lsn,
  ADD COLUMN bytes_before bigint,
  ADD COLUMN bytes_after  bigint)"},
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
) WITH (fillfactor = 50))"},
                                         {"chunk", 2, R"(
ALTER TABLE {rung}.chunk
  ADD COLUMN rows_carved bigint NOT NULL DEFAULT 0,
  ADD COLUMN rows_hot    bigint NOT NULL DEFAULT 0,
  ADD COLUMN retries     bigint NOT NULL DEFAULT 0,
  ADD COLUMN batch_times bigint[] NOT NULL DEFAULT '{}')"}};

inline constexpr std::string_view kReadBackfills = R"(
SELECT version, name, checksum, state, started_at::timestamptz(0)::text,
       coalesce(completed_at::timestamptz(0)::text, '')
FROM {rung}.backfill)";

// Columns that a later step of the tables has added are read by way of JSON: who only looks cannot
// make that step.
inline constexpr std::string_view kReadFills = R"(
SELECT f.id, f.position, f.relation, f.sweep, f.state, f.pass, f.is_swept, f.cursor_page,
       f.upper_page, f.slice_width, f.rows_estimate, f.rows_filled + c.rows_filled,
       f.batches + c.batches, c.open_chunks, c.pages_left, c.rate, c.workers,
       coalesce(extract(epoch FROM coalesce(f.completed_at, clock_timestamp()) - f.started_at), 0),
       coalesce((to_jsonb(f) ->> 'rows_carved')::bigint, 0) - c.carved_left,
       coalesce((to_jsonb(f) ->> 'rows_hot')::bigint, 0) + c.rows_hot
FROM {rung}.fill f, LATERAL (
  SELECT coalesce(sum(rows_filled), 0)::bigint AS rows_filled,
         coalesce(sum(batches), 0)::bigint AS batches,
         count(*) AS open_chunks,
         coalesce(sum((hi_page - lo_page) * (1024 - slice_at) / 1024.0), 0)::float8 AS pages_left,
         coalesce(sum(batch_rows * 1000.0 / greatest(batch_ms, 1)) FILTER (WHERE recent), 0)::float8
           AS rate,
         count(DISTINCT worker) FILTER (WHERE recent) AS workers,
         coalesce(sum((to_jsonb(own) ->> 'rows_carved')::bigint * (1024 - slice_at) / 1024), 0)::bigint
           AS carved_left,
         coalesce(sum((to_jsonb(own) ->> 'rows_hot')::bigint), 0)::bigint AS rows_hot
  FROM (SELECT *, updated_at > clock_timestamp() - interval '5 s' AND batches > 0 AS recent
        FROM {rung}.chunk WHERE fill_id = f.id) AS own) AS c
WHERE f.version = $1 ORDER BY f.position, f.id)";

inline constexpr std::string_view kReadReceipts = R"(
SELECT f.id, f.relation, f.rows_filled + c.rows_filled, f.rows_hot + c.rows_hot, f.batches + c.batches,
       f.retries + c.retries, f.wal_bytes, coalesce(f.bytes_before, 0),
       coalesce(f.bytes_after, pg_total_relation_size(to_regclass(f.relation)), 0),
       (SELECT coalesce(string_agg(n::text, ' ' ORDER BY bucket), '') FROM (
          SELECT bucket, coalesce(sum(n), 0)::bigint AS n FROM (
            SELECT bucket, n FROM unnest(f.batch_times) WITH ORDINALITY AS own (n, bucket)
            UNION ALL
            SELECT bucket, n FROM {rung}.chunk, unnest(batch_times) WITH ORDINALITY AS open (n, bucket)
            WHERE fill_id = f.id) AS both_of_them
          GROUP BY bucket) AS added)
FROM {rung}.fill f, LATERAL (
  SELECT coalesce(sum(rows_filled), 0)::bigint AS rows_filled,
         coalesce(sum(rows_hot), 0)::bigint AS rows_hot,
         coalesce(sum(batches), 0)::bigint AS batches,
         coalesce(sum(retries), 0)::bigint AS retries
  FROM {rung}.chunk WHERE fill_id = f.id) AS c
WHERE f.version = $1 ORDER BY f.position, f.id)";

inline constexpr std::string_view kRegisterBackfill = R"(
INSERT INTO {rung}.backfill (version, name, checksum) VALUES ($1, $2, $3)
ON CONFLICT (version) DO NOTHING)";

inline constexpr std::string_view kRegisterFill = R"(
INSERT INTO {rung}.fill (version, position, relation, sweep, once, rows_estimate)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (version, position, relation) DO NOTHING)";

// The cursor is left at the end: the verification comes first, and a pass only where it finds rows.
inline constexpr std::string_view kReopen = R"(
WITH reopened AS (
  UPDATE {rung}.backfill SET state = 'running', completed_at = NULL
  WHERE version = $1 AND state = 'complete' RETURNING version
)
UPDATE {rung}.fill f SET state = 'sweeping', is_swept = true, completed_at = NULL, bytes_after = NULL
FROM reopened WHERE f.version = reopened.version AND NOT f.once)";

inline constexpr std::string_view kReopenFills = R"(
UPDATE {rung}.fill f SET state = 'sweeping', is_swept = true, completed_at = NULL
FROM {rung}.backfill b
WHERE b.version = $1 AND f.version = b.version AND b.state = 'running' AND f.state = 'complete'
  AND NOT f.once)";

inline constexpr std::string_view kLockState =
    "SELECT state FROM {rung}.backfill WHERE version = $1 FOR UPDATE";

inline constexpr std::string_view kSetState =
    "UPDATE {rung}.backfill SET state = $2 WHERE version = $1";

inline constexpr std::string_view kReadStanding = R"(
SELECT b.state, t.key, t.value
FROM {rung}.backfill b LEFT JOIN LATERAL jsonb_each_text(b.tuning) AS t ON true
WHERE b.version = $1)";

inline constexpr std::string_view kTune = R"(
UPDATE {rung}.backfill
SET tuning = CASE WHEN $2::boolean THEN '{}' ELSE tuning END || jsonb_object($3::text[])
WHERE version = $1)";

inline constexpr std::string_view kComplete = R"(
UPDATE {rung}.backfill SET state = 'complete', completed_at = clock_timestamp()
WHERE version = $1 AND state = 'running'
  AND NOT EXISTS (SELECT FROM {rung}.fill f
                  WHERE f.version = $1 AND (f.state <> 'complete' OR {has_rejects}))
RETURNING version)";

inline constexpr std::string_view kClaim = R"(
SELECT c.id, c.fill_id, c.lo_page, c.hi_page, c.lo_key::text, c.hi_key::text, c.slice_at,
       c.slice_width, c.rows_filled,
       coalesce(pg_stat_get_xact_tuples_hot_updated(to_regclass(f.relation)), 0), {has_rejects}
FROM {rung}.chunk c JOIN {rung}.fill f ON f.id = c.fill_id
     JOIN {rung}.backfill b ON b.version = f.version
WHERE b.version = $1 AND b.state = 'running' AND f.id = ANY ($2::bigint[]) AND c.id <> $3
  AND ($4::bigint IS NULL OR c.id = $4)
ORDER BY f.position, c.updated_at, c.id LIMIT 1
FOR UPDATE OF c SKIP LOCKED)";

// $5 the HOT updates of this session before the batch, $6 retries, $7 the bucket of the batch's time.
inline constexpr std::string_view kRecordSlice = R"(
UPDATE {rung}.chunk c
SET slice_at = $2, rows_filled = c.rows_filled + $3, batches = c.batches + 1, batch_rows = $3,
    batch_ms = $4,
    rows_hot = c.rows_hot + coalesce(pg_stat_get_xact_tuples_hot_updated(to_regclass(f.relation)) - $5, 0),
    retries = c.retries + $6,
    batch_times[$7::integer] = coalesce(c.batch_times[$7::integer], 0) + 1,
    worker = $8, updated_at = clock_timestamp()
FROM {rung}.fill f WHERE c.id = $1 AND f.id = c.fill_id)";

inline constexpr std::string_view kFoldChunk = R"(
WITH folded AS (
  DELETE FROM {rung}.chunk WHERE id = $1
  RETURNING fill_id, rows_filled, rows_hot, batches, retries, batch_times
)
UPDATE {rung}.fill f
SET rows_filled = f.rows_filled + folded.rows_filled + $2,
    rows_hot = f.rows_hot + folded.rows_hot
               + coalesce(pg_stat_get_xact_tuples_hot_updated(to_regclass(f.relation)) - $3, 0),
    batches = f.batches + folded.batches + 1,
    retries = f.retries + folded.retries + $4,
    batch_times = (
      SELECT array_agg(coalesce(a, 0) + coalesce(b, 0) + coalesce(c, 0) ORDER BY bucket)
      FROM unnest(f.batch_times, folded.batch_times, array_fill(0, ARRAY[$5::integer - 1]) || 1)
           WITH ORDINALITY AS times (a, b, c, bucket)),
    wal_bytes = f.wal_bytes + coalesce(pg_current_wal_insert_lsn() - f.wal_lsn, 0),
    wal_lsn = pg_current_wal_insert_lsn()
FROM folded WHERE f.id = folded.fill_id)";

inline constexpr std::string_view kAddRows =
    "UPDATE {rung}.fill SET rows_filled = rows_filled + $2 WHERE id = $1";

inline constexpr std::string_view kHalve = R"(
UPDATE {rung}.chunk SET slice_width = slice_width / 2 WHERE id = $1 AND slice_width > 1
RETURNING slice_width)";

// By itself: a statement that locks takes the newest fill, but sees the chunks as they were before.
inline constexpr std::string_view kHoldFill =
    "SELECT FROM {rung}.fill WHERE id = $1 FOR UPDATE SKIP LOCKED";

inline constexpr std::string_view kReadCursor = R"(
SELECT f.state, f.pass, f.is_swept, f.filenode, f.cursor_page, f.upper_page, f.cursor_key::text,
       f.upper_key::text, f.slice_width, f.values_missing, f.passes_in_vain,
       EXISTS (SELECT FROM {rung}.chunk WHERE fill_id = f.id),
       (SELECT state FROM {rung}.backfill b WHERE b.version = f.version) = 'running',
       {has_rejects}
FROM {rung}.fill f WHERE f.id = $1)";

inline constexpr std::string_view kDropChunks = R"(
WITH dropped AS (
  DELETE FROM {rung}.chunk WHERE fill_id = $1
  RETURNING rows_filled, rows_hot, batches, retries, batch_times
), added AS (
  SELECT coalesce(sum(rows_filled), 0) AS rows_filled, coalesce(sum(rows_hot), 0) AS rows_hot,
         coalesce(sum(batches), 0) AS batches, coalesce(sum(retries), 0) AS retries
  FROM dropped
), times AS (
  SELECT array_agg(n ORDER BY bucket) AS counts FROM (
    SELECT bucket, coalesce(sum(n), 0)::bigint AS n FROM (
      SELECT bucket, n FROM dropped, unnest(batch_times) WITH ORDINALITY AS own (n, bucket)
      UNION ALL
      SELECT bucket, n FROM {rung}.fill, unnest(batch_times) WITH ORDINALITY AS own (n, bucket)
      WHERE id = $1) AS both_of_them
    GROUP BY bucket) AS summed
)
UPDATE {rung}.fill f
SET rows_filled = f.rows_filled + added.rows_filled, rows_hot = f.rows_hot + added.rows_hot,
    batches = f.batches + added.batches, retries = f.retries + added.retries,
    batch_times = coalesce(times.counts, f.batch_times)
FROM added, times WHERE f.id = $1)";

inline constexpr std::string_view kStartSweep = R"(
UPDATE {rung}.fill
SET state = 'sweeping', pass = $2, is_swept = $3, filenode = $4, cursor_page = 0, upper_page = $5,
    cursor_key = NULL, upper_key = $6, slice_width = $7, rows_estimate = $8, values_missing = $9,
    passes_in_vain = $10, rows_carved = 0,
    bytes_before = coalesce(bytes_before, pg_total_relation_size(to_regclass(relation))),
    wal_lsn = pg_current_wal_insert_lsn(),
    started_at = coalesce(started_at, clock_timestamp())
WHERE id = $1)";

// What the server has written while nobody worked here is not this fill's.
inline constexpr std::string_view kResumeWal = R"(
UPDATE {rung}.fill SET wal_lsn = pg_current_wal_insert_lsn()
WHERE id IN (
  SELECT f.id FROM {rung}.fill f
  WHERE f.version = $1 AND f.state = 'sweeping' AND NOT EXISTS (
    SELECT FROM {rung}.chunk WHERE fill_id = f.id AND updated_at > clock_timestamp() - interval '30 s')
  FOR UPDATE SKIP LOCKED))";

inline constexpr std::string_view kInsertChunk = R"(
INSERT INTO {rung}.chunk (fill_id, lo_page, hi_page, lo_key, hi_key, slice_width, rows_carved)
VALUES ($1, $2, $3, $4, $5, $6, $7))";

inline constexpr std::string_view kMovePages =
    "UPDATE {rung}.fill SET cursor_page = $2, is_swept = $2 >= upper_page WHERE id = $1";

inline constexpr std::string_view kMoveKeys = R"(
UPDATE {rung}.fill
SET cursor_key = $2, is_swept = $2 IS NOT DISTINCT FROM upper_key, rows_carved = rows_carved + $3,
    rows_estimate = greatest(rows_estimate, rows_carved + $3)
WHERE id = $1)";

inline constexpr std::string_view kEndKeys = "UPDATE {rung}.fill SET is_swept = true WHERE id = $1";

inline constexpr std::string_view kCompleteFill = R"(
UPDATE {rung}.fill
SET state = 'complete', completed_at = clock_timestamp(),
    bytes_after = pg_total_relation_size(to_regclass(relation)),
    wal_bytes = wal_bytes + coalesce(pg_current_wal_insert_lsn() - wal_lsn, 0), wal_lsn = NULL
WHERE id = $1)";

}  // namespace rung::backfill::ledger_sql
