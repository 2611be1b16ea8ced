// All SQL about the table `migration`, which nothing else in the program names. What the statements are
// for, and in which transactions, is said in history.h; only history.cc runs them.
#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "migrate/statement_record.h"
#include "pg/audit.h"
#include "pg/own_schema.h"
#include "pg/own_shape.h"

namespace rung::migrate::history_sql {

inline constexpr pg::OwnStep kSteps[] = {{"migration", 1, R"(
CREATE TABLE {rung}.migration (
  version           text PRIMARY KEY,
  name              text NOT NULL,
  checksum          text NOT NULL,
  token_checksum    text NOT NULL,
  state             text NOT NULL CHECK (state IN ('running', 'applied')),
  statements_done   integer NOT NULL,
  statements_total  integer NOT NULL,
  statement_is_open boolean NOT NULL,
  done_checksum     text NOT NULL,
  error             text,
  started_at        timestamptz NOT NULL DEFAULT now(),
  applied_at        timestamptz,
  duration_ms       bigint NOT NULL,
  db_role           text NOT NULL,
  os_user           text NOT NULL,
  host              text NOT NULL,
  tool_version      text NOT NULL,
  git_commit        text NOT NULL,
  ci_run_url        text NOT NULL
))"},
                                         {"migration", 2, R"(
ALTER TABLE {rung}.migration
  ADD COLUMN is_baseline boolean NOT NULL DEFAULT false,
  ADD COLUMN row_digest text;
UPDATE {rung}.migration SET row_digest = encode(sha256(convert_to(concat_ws('|',
  version, name, checksum, token_checksum, state, statements_done, statements_total,
  statement_is_open, done_checksum, is_baseline,
  to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')), 'UTF8')), 'hex');
ALTER TABLE {rung}.migration ALTER COLUMN row_digest SET NOT NULL)"}};

// The digest of a row's own fields. It finds what was edited by hand; it keeps nobody out.
inline std::string SealOf(std::string_view row) {
  return fmt::format(R"(encode(sha256(convert_to(concat_ws('|',
    {0}.version, {0}.name, {0}.checksum, {0}.token_checksum, {0}.state, {0}.statements_done,
    {0}.statements_total, {0}.statement_is_open, {0}.done_checksum, {0}.is_baseline,
    to_char({0}.applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')), 'UTF8')), 'hex'))",
                     row);
}

inline constexpr pg::OwnColumn kColumns[] = {{"version", "text"},
                                             {"name", "text"},
                                             {"checksum", "text"},
                                             {"token_checksum", "text"},
                                             {"state", "text"},
                                             {"statements_done", "integer"},
                                             {"statements_total", "integer"},
                                             {"statement_is_open", "boolean"},
                                             {"done_checksum", "text"},
                                             {"error", "text"},
                                             {"started_at", "timestamp with time zone"},
                                             {"applied_at", "timestamp with time zone"},
                                             {"duration_ms", "bigint"},
                                             {"db_role", "text"},
                                             {"os_user", "text"},
                                             {"host", "text"},
                                             {"tool_version", "text"},
                                             {"git_commit", "text"},
                                             {"ci_run_url", "text"},
                                             {"is_baseline", "boolean", 2},
                                             {"row_digest", "text", 2}};

inline constexpr std::string_view kRead = R"(
SELECT version, name, checksum, token_checksum, state = 'applied', statements_done,
       statements_total, statement_is_open, done_checksum, coalesce(error, ''),
       coalesce(applied_at::timestamptz(0)::text, ''), duration_ms, )";
inline constexpr std::string_view kFrom = " FROM {rung}.migration m";

inline std::string ReadSql(bool is_upgraded) {
  return std::string(kRead) +
         (is_upgraded ? "is_baseline, row_digest = " + SealOf("m") : std::string("false, true")) +
         std::string(kFrom);
}

static_assert(pg::kEventParams == 12 && kStatementParams == 5);

// $1 to $12 are of the events, $13 (the version) to $17 of the statements.
inline constexpr std::string_view kRecord = R"(
WITH file AS (
  SELECT $13::text AS version, $18::text AS name, $19::text AS checksum, $20::text AS token_checksum,
         CASE WHEN $21::integer = $22::integer THEN 'applied' ELSE 'running' END AS state,
         $21::integer AS statements_done, $22::integer AS statements_total,
         $23::boolean AS statement_is_open, $24::text AS done_checksum,
         CASE WHEN $21::integer = $22::integer THEN clock_timestamp() END AS applied_at,
         $25::bigint AS duration_ms, $26::boolean AS is_baseline
), recorded AS (
  INSERT INTO {rung}.migration
    (version, name, checksum, token_checksum, state, statements_done, statements_total,
     statement_is_open, done_checksum, error, applied_at, duration_ms, is_baseline, row_digest, db_role,
     os_user, host, tool_version, git_commit, ci_run_url)
  SELECT version, name, checksum, token_checksum, state, statements_done, statements_total,
         statement_is_open, done_checksum, NULL, applied_at, duration_ms, is_baseline,
         {seal}, current_user, $8, $9, $10, $11, $12
  FROM file
  ON CONFLICT (version) DO UPDATE SET
    name = excluded.name, checksum = excluded.checksum, token_checksum = excluded.token_checksum,
    state = excluded.state, statements_done = excluded.statements_done,
    statements_total = excluded.statements_total, statement_is_open = excluded.statement_is_open,
    done_checksum = excluded.done_checksum, error = NULL, applied_at = excluded.applied_at,
    duration_ms = excluded.duration_ms, is_baseline = excluded.is_baseline,
    row_digest = excluded.row_digest, db_role = excluded.db_role, os_user = excluded.os_user,
    host = excluded.host, tool_version = excluded.tool_version, git_commit = excluded.git_commit,
    ci_run_url = excluded.ci_run_url
), kept AS ({statements})
{events})";

inline const std::string& RecordSql() {
  static const std::string sql = [] {
    std::string text(kRecord);
    const auto put = [&](std::string_view mark, std::string_view part) {
      text.replace(text.find(mark), mark.size(), part);
    };
    put("{seal}", SealOf("file"));
    put("{statements}", InsertStatementsSql(pg::kEventParams + 1));
    put("{events}", pg::InsertEventsSql());
    return text;
  }();
  return sql;
}

inline constexpr std::string_view kRecordError =
    "UPDATE {rung}.migration SET error = $2 WHERE version = $1 AND state <> 'applied'";

inline constexpr std::string_view kReadAge =
    "SELECT age(xmin) FROM {rung}.migration WHERE version = $1";

inline constexpr std::string_view kReadJson =
    "SELECT to_jsonb(m)::text FROM {rung}.migration m WHERE version = $1";

inline constexpr std::string_view kAccept = R"(
UPDATE {rung}.migration SET name = $2, checksum = $3, token_checksum = $4, statements_done = $5,
  statements_total = $6, done_checksum = $7
WHERE version = $1)";

inline constexpr std::string_view kSeal = "UPDATE {rung}.migration m SET row_digest = ";

inline constexpr std::string_view kClose =
    "UPDATE {rung}.migration SET statement_is_open = false WHERE version = $1";

inline constexpr std::string_view kDelete = "DELETE FROM {rung}.migration WHERE version = $1";

}  // namespace rung::migrate::history_sql
