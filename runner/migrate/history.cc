#include "migrate/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "files/checksum.h"
#include "migrate/supabase_history.h"

namespace rung::migrate {
namespace {

constexpr pg::OwnStep kSteps[] = {{"migration", 1, R"(
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
std::string SealOf(std::string_view row) {
  return fmt::format(R"(encode(sha256(convert_to(concat_ws('|',
    {0}.version, {0}.name, {0}.checksum, {0}.token_checksum, {0}.state, {0}.statements_done,
    {0}.statements_total, {0}.statement_is_open, {0}.done_checksum, {0}.is_baseline,
    to_char({0}.applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.US')), 'UTF8')), 'hex'))",
                     row);
}

constexpr pg::OwnColumn kColumns[] = {{"version", "text"},
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

constexpr std::string_view kRead = R"(
SELECT version, name, checksum, token_checksum, state = 'applied', statements_done,
       statements_total, statement_is_open, done_checksum, coalesce(error, ''),
       coalesce(applied_at::timestamptz(0)::text, ''), duration_ms, )";
constexpr std::string_view kFrom = " FROM {rung}.migration m";

std::string ReadSql(bool is_upgraded) {
  return std::string(kRead) +
         (is_upgraded ? "is_baseline, row_digest = " + SealOf("m") : std::string("false, true")) +
         std::string(kFrom);
}

static_assert(pg::kEventParams == 12 && kStatementParams == 5);

// $1 to $12 are of the events, $13 (the version) to $17 of the statements.
constexpr std::string_view kRecord = R"(
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

const std::string& RecordSql() {
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

constexpr std::string_view kRecordError =
    "UPDATE {rung}.migration SET error = $2 WHERE version = $1 AND state <> 'applied'";

constexpr std::string_view kReadAge = "SELECT age(xmin) FROM {rung}.migration WHERE version = $1";

constexpr std::string_view kReadJson =
    "SELECT to_jsonb(m)::text FROM {rung}.migration m WHERE version = $1";

constexpr std::string_view kAccept = R"(
UPDATE {rung}.migration SET name = $2, checksum = $3, token_checksum = $4, statements_done = $5,
  statements_total = $6, done_checksum = $7
WHERE version = $1)";

constexpr std::string_view kSeal = "UPDATE {rung}.migration m SET row_digest = ";

constexpr std::string_view kClose =
    "UPDATE {rung}.migration SET statement_is_open = false WHERE version = $1";

constexpr std::string_view kDelete = "DELETE FROM {rung}.migration WHERE version = $1";

// The steps done of the table.
int RequireShape(pg::Connection& connection, const pg::OwnSchema& schema) {
  const pg::OwnTable own{"migration", std::size(kSteps), kColumns};
  // Made by one rung or by a newer one together: one step done means all of them are.
  const pg::OwnTable tables[] = {own, StatementTable(), pg::AuditTable()};
  return pg::RequireOwnShape(connection, schema, tables)["migration"];
}

core::Error Tampered(std::vector<core::Problem> problems, std::string next) {
  return core::Error(core::Failure::kFailed, std::move(problems), "nothing was changed",
                     std::move(next));
}

constexpr const char* kNextByHand =
    "bring the rows back as they were, from a backup or from what rung.event keeps of them";

std::vector<HistoryRow> ReadRows(pg::Connection& connection, const pg::OwnSchema& schema,
                                 bool is_upgraded) {
  std::vector<HistoryRow> rows;
  std::vector<core::Problem> problems;
  const std::string table = schema.name() + ".migration";
  for (const auto& row : connection.Exec(schema.In(ReadSql(is_upgraded)))) {
    const auto version = core::Version::Parse(row[0].as<std::string>());
    if (!version) {
      problems.push_back(
          {table, fmt::format("its row \"{}\" has no number", row[0].as<std::string>()), {}});
      continue;
    }
    rows.push_back({.version = *version,
                    .name = row[1].as<std::string>(),
                    .checksum = row[2].as<std::string>(),
                    .token_checksum = row[3].as<std::string>(),
                    .is_applied = row[4].as<bool>(),
                    .statements_done = row[5].as<int>(),
                    .statements_total = row[6].as<int>(),
                    .statement_is_open = row[7].as<bool>(),
                    .done_checksum = row[8].as<std::string>(),
                    .error = row[9].as<std::string>(),
                    .applied_at = row[10].as<std::string>(),
                    .took = std::chrono::milliseconds(row[11].as<int64_t>()),
                    .is_baseline = row[12].as<bool>(),
                    .is_as_written = row[13].as<bool>()});
  }
  std::sort(rows.begin(), rows.end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  for (size_t i = 1; i < rows.size(); ++i) {
    if (rows[i - 1].version != rows[i].version) continue;
    problems.push_back(
        {table,
         fmt::format("{} and {} are the same number", rows[i - 1].Label(), rows[i].Label()),
         {}});
  }
  if (!problems.empty()) throw Tampered(std::move(problems), kNextByHand);
  return rows;
}

std::vector<pg::LastEvent> FindGone(pg::Connection& connection, const pg::OwnSchema& schema,
                                    const std::vector<HistoryRow>& rows) {
  std::set<std::string> known;
  for (const HistoryRow& row : rows) known.insert(row.version.text());
  std::vector<pg::LastEvent> gone;
  for (pg::LastEvent& event : pg::ReadLastEvents(connection, schema)) {
    if (!known.contains(event.version) && event.kind != kRowRemoved)
      gone.push_back(std::move(event));
  }
  return gone;
}

void Seal(const HistoryWriter& writer, const std::string& version) {
  writer.connection.Exec(writer.schema.In(std::string(kSeal) + SealOf("m") + " WHERE version = $1"),
                         {version});
}

}  // namespace

std::span<const pg::OwnStep> HistorySteps() { return kSteps; }

FoundHistory FindHistory(pg::Connection& connection, const pg::OwnSchema& schema,
                         std::span<const Migration> files) {
  FoundHistory found;
  const int step = RequireShape(connection, schema);
  if (step == 0) return found;
  const bool is_upgraded = step >= 2;
  found.rows = ReadRows(connection, schema, is_upgraded);
  if (!is_upgraded) return found;
  found.gone = FindGone(connection, schema, found.rows);
  auto row = found.rows.begin();
  for (const Migration& file : files) {
    while (row != found.rows.end() && row->version < file.version) ++row;
    if (row == found.rows.end()) break;
    if (row->version != file.version || row->checksum == file.checksum) continue;
    row->statements = ReadStatements(connection, schema, row->version.text());
  }
  return found;
}

std::vector<HistoryRow> ReadHistory(pg::Connection& connection, const pg::OwnSchema& schema,
                                    std::span<const Migration> files) {
  FoundHistory found = FindHistory(connection, schema, files);
  std::vector<core::Problem> problems;
  for (const HistoryRow& row : found.rows) {
    if (row.is_as_written) continue;
    problems.push_back({schema.name() + ".migration",
                        fmt::format("the row of {} was changed by something else than rung: its "
                                    "digest does not fit it",
                                    row.Label()),
                        {}});
  }
  for (const pg::LastEvent& event : found.gone) {
    problems.push_back({schema.name() + ".migration",
                        fmt::format("the row of {} is gone, and {}.event has it as \"{}\"",
                                    event.subject, schema.name(), event.kind),
                        {}});
  }
  if (!problems.empty()) {
    throw Tampered(std::move(problems),
                   "find out who did that, and bring the rows back from a backup; `rung repair` "
                   "shows how to accept it instead");
  }
  return std::move(found.rows);
}

std::string ChecksumOfStatements(const Migration& migration, int count) {
  files::Sha256Sum sum;
  for (int i = 0; i < count; ++i) {
    const sql::Statement& statement = migration.statements[static_cast<size_t>(i)];
    sum.Add(statement.text).Add(std::string_view("\0", 1));
    if (statement.data) sum.Add(*statement.data);
  }
  return sum.Hex();
}

void RecordProgress(const HistoryWriter& writer, const std::string& version,
                    const Migration& migration, const Progress& progress,
                    std::span<const pg::AuditEvent> events) {
  pg::Params params = pg::EventParams(writer.actor, events);
  const pg::Params statements =
      StatementParams(version, DescribeStatements(migration, progress.statements_before,
                                                  progress.statements_done, writer.redact));
  params.insert(params.end(), statements.begin(), statements.end());
  const pg::Params own = {migration.name,
                          migration.checksum,
                          migration.token_checksum,
                          std::to_string(progress.statements_done),
                          std::to_string(migration.statements.size()),
                          progress.statement_is_open ? "true" : "false",
                          ChecksumOfStatements(migration, progress.statements_done),
                          std::to_string(progress.took.count()),
                          progress.is_baseline ? "true" : "false"};
  params.insert(params.end(), own.begin(), own.end());
  writer.connection.Exec(writer.schema.In(RecordSql()), params);
  const bool is_applied = progress.statements_done == static_cast<int>(migration.statements.size());
  if (writer.record_supabase && is_applied) RecordInSupabase(writer.connection, migration);
}

void RecordError(pg::Connection& connection, const pg::OwnSchema& schema,
                 const std::string& version, const std::string& error) {
  connection.Exec(schema.In(kRecordError), {version, error});
}

int64_t ReadRecordAge(pg::Connection& connection, const pg::OwnSchema& schema,
                      const std::string& version) {
  const pqxx::result rows = connection.Exec(schema.In(kReadAge), {version});
  return rows.empty() ? 0 : rows[0][0].as<int64_t>();
}

std::string ReadRowAsJson(pg::Connection& connection, const pg::OwnSchema& schema,
                          const std::string& version) {
  const pqxx::result rows = connection.Exec(schema.In(kReadJson), {version});
  return rows.empty() ? "" : rows[0][0].as<std::string>();
}

void AcceptFile(const HistoryWriter& writer, const HistoryRow& row, const Migration& migration) {
  const std::string& version = row.version.text();
  const int total = static_cast<int>(migration.statements.size());
  const int done = row.is_applied ? total : row.statements_done;
  writer.connection.Exec(
      writer.schema.In(kAccept),
      {version, migration.name, migration.checksum, migration.token_checksum, std::to_string(done),
       std::to_string(total), ChecksumOfStatements(migration, done)});
  Seal(writer, version);
  DeleteStatements(writer.connection, writer.schema, version);
  SaveStatements(writer.connection, writer.schema, version,
                 DescribeStatements(migration, 0, done, writer.redact));
  if (writer.record_supabase && row.is_applied) RecordInSupabase(writer.connection, migration);
}

void AcceptRow(const HistoryWriter& writer, const HistoryRow& row) {
  Seal(writer, row.version.text());
}

void CloseStatement(const HistoryWriter& writer, const HistoryRow& row) {
  writer.connection.Exec(writer.schema.In(kClose), {row.version.text()});
  Seal(writer, row.version.text());
}

void DeleteRow(const HistoryWriter& writer, const std::string& version) {
  writer.connection.Exec(writer.schema.In(kDelete), {version});
  DeleteStatements(writer.connection, writer.schema, version);
  if (writer.record_supabase) ForgetInSupabase(writer.connection, version);
}

}  // namespace rung::migrate
