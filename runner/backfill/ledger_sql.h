// All SQL about the tables `backfill`, `fill` and `chunk`, which nothing else in the program names. What
// the statements are for, and in which transactions, is said in ledger.h; only ledger.cc runs them.
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

inline constexpr std::string_view kReadBackfills = R"(
SELECT version, name, checksum, state, started_at::timestamptz(0)::text,
       coalesce(completed_at::timestamptz(0)::text, '')
FROM {rung}.backfill)";

inline constexpr std::string_view kReadFills = R"(
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
UPDATE {rung}.fill f SET state = 'sweeping', is_swept = true, completed_at = NULL
FROM reopened WHERE f.version = reopened.version AND NOT f.once)";

inline constexpr std::string_view kLockState =
    "SELECT state FROM {rung}.backfill WHERE version = $1 FOR UPDATE";

inline constexpr std::string_view kSetState =
    "UPDATE {rung}.backfill SET state = $2 WHERE version = $1";

inline constexpr std::string_view kComplete = R"(
UPDATE {rung}.backfill SET state = 'complete', completed_at = clock_timestamp()
WHERE version = $1 AND state = 'running'
  AND NOT EXISTS (SELECT FROM {rung}.fill WHERE version = $1 AND state <> 'complete')
RETURNING version)";

inline constexpr std::string_view kClaim = R"(
SELECT c.id, c.fill_id, c.lo_page, c.hi_page, c.lo_key::text, c.hi_key::text, c.slice_at,
       c.slice_width, c.rows_filled
FROM {rung}.chunk c JOIN {rung}.fill f ON f.id = c.fill_id
     JOIN {rung}.backfill b ON b.version = f.version
WHERE b.version = $1 AND b.state = 'running' AND f.id = ANY ($2::bigint[])
ORDER BY f.position, c.id LIMIT 1
FOR UPDATE OF c SKIP LOCKED)";

inline constexpr std::string_view kRecordSlice = R"(
UPDATE {rung}.chunk
SET slice_at = $2, rows_filled = rows_filled + $3, batches = batches + 1, batch_rows = $3,
    batch_ms = $4, worker = $5, updated_at = clock_timestamp()
WHERE id = $1)";

inline constexpr std::string_view kFoldChunk = R"(
WITH folded AS (
  DELETE FROM {rung}.chunk WHERE id = $1 RETURNING fill_id, rows_filled, batches
)
UPDATE {rung}.fill f
SET rows_filled = f.rows_filled + folded.rows_filled + $2, batches = f.batches + folded.batches + 1
FROM folded WHERE f.id = folded.fill_id)";

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
       (SELECT state FROM {rung}.backfill b WHERE b.version = f.version) = 'running'
FROM {rung}.fill f WHERE f.id = $1)";

inline constexpr std::string_view kDropChunks = R"(
WITH dropped AS (
  DELETE FROM {rung}.chunk WHERE fill_id = $1 RETURNING rows_filled, batches
)
UPDATE {rung}.fill SET rows_filled = rows_filled + (SELECT coalesce(sum(rows_filled), 0) FROM dropped),
                       batches = batches + (SELECT coalesce(sum(batches), 0) FROM dropped)
WHERE id = $1)";

inline constexpr std::string_view kStartSweep = R"(
UPDATE {rung}.fill
SET state = 'sweeping', pass = $2, is_swept = $3, filenode = $4, cursor_page = 0, upper_page = $5,
    cursor_key = NULL, upper_key = $6, slice_width = $7, rows_estimate = $8, values_missing = $9,
    passes_in_vain = $10,
    started_at = coalesce(started_at, clock_timestamp())
WHERE id = $1)";

inline constexpr std::string_view kInsertChunk = R"(
INSERT INTO {rung}.chunk (fill_id, lo_page, hi_page, lo_key, hi_key, slice_width)
VALUES ($1, $2, $3, $4, $5, $6))";

inline constexpr std::string_view kMovePages =
    "UPDATE {rung}.fill SET cursor_page = $2, is_swept = $2 >= upper_page WHERE id = $1";

inline constexpr std::string_view kMoveKeys =
    "UPDATE {rung}.fill SET cursor_key = $2, is_swept = $2 IS NOT DISTINCT FROM upper_key WHERE id "
    "= $1";

inline constexpr std::string_view kEndKeys = "UPDATE {rung}.fill SET is_swept = true WHERE id = $1";

inline constexpr std::string_view kCompleteFill = R"(
UPDATE {rung}.fill SET state = 'complete', completed_at = clock_timestamp() WHERE id = $1)";

}  // namespace rung::backfill::ledger_sql
