#include "migrate/history.h"

#include <algorithm>

#include "files/checksum.h"

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
))"}};

constexpr std::string_view kRead = R"(
SELECT version, name, checksum, token_checksum, state = 'applied', statements_done,
       statements_total, statement_is_open, done_checksum, coalesce(error, ''),
       coalesce(applied_at::timestamptz(0)::text, ''), duration_ms
FROM {rung}.migration)";

constexpr std::string_view kRecord = R"(
INSERT INTO {rung}.migration
  (version, name, checksum, token_checksum, state, statements_done, statements_total,
   statement_is_open, done_checksum, error, applied_at, duration_ms, db_role, os_user, host,
   tool_version, git_commit, ci_run_url)
VALUES ($1, $2, $3, $4, CASE WHEN $5::integer = $6::integer THEN 'applied' ELSE 'running' END, $5, $6,
        $7, $8, NULL, CASE WHEN $5::integer = $6::integer THEN clock_timestamp() END, $9, current_user,
        $10, $11, $12, $13, $14)
ON CONFLICT (version) DO UPDATE SET
  name = excluded.name, checksum = excluded.checksum, token_checksum = excluded.token_checksum,
  state = excluded.state, statements_done = excluded.statements_done,
  statements_total = excluded.statements_total, statement_is_open = excluded.statement_is_open,
  done_checksum = excluded.done_checksum, error = NULL, applied_at = excluded.applied_at,
  duration_ms = excluded.duration_ms, db_role = excluded.db_role, os_user = excluded.os_user,
  host = excluded.host, tool_version = excluded.tool_version, git_commit = excluded.git_commit,
  ci_run_url = excluded.ci_run_url)";

constexpr std::string_view kRecordError =
    "UPDATE {rung}.migration SET error = $2 WHERE version = $1 AND state <> 'applied'";

constexpr std::string_view kReadAge = "SELECT age(xmin) FROM {rung}.migration WHERE version = $1";

}  // namespace

std::span<const pg::OwnStep> HistorySteps() { return kSteps; }

std::vector<HistoryRow> ReadHistory(pg::Connection& connection, const pg::OwnSchema& schema) {
  std::vector<HistoryRow> history;
  if (!pg::HasTable(connection, schema, "migration")) return history;
  for (const auto& row : connection.Exec(schema.In(kRead))) {
    history.push_back({.version = core::Version::Parse(row[0].as<std::string>()).value(),
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
                       .took = std::chrono::milliseconds(row[11].as<int64_t>())});
  }
  std::sort(history.begin(), history.end(),
            [](const auto& a, const auto& b) { return a.version < b.version; });
  return history;
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

void RecordProgress(pg::Connection& connection, const pg::OwnSchema& schema,
                    const core::Actor& actor, const Migration& migration,
                    const Progress& progress) {
  connection.Exec(
      schema.In(kRecord),
      {migration.version.text(), migration.name, migration.checksum, migration.token_checksum,
       std::to_string(progress.statements_done), std::to_string(migration.statements.size()),
       progress.statement_is_open ? "true" : "false",
       ChecksumOfStatements(migration, progress.statements_done),
       std::to_string(progress.took.count()), actor.os_user, actor.host, actor.tool_version,
       actor.git_commit, actor.ci_run_url});
}

void RecordError(pg::Connection& connection, const pg::OwnSchema& schema,
                 const Migration& migration, const std::string& error) {
  connection.Exec(schema.In(kRecordError), {migration.version.text(), error});
}

int64_t ReadRecordAge(pg::Connection& connection, const pg::OwnSchema& schema,
                      const Migration& migration) {
  const pqxx::result rows = connection.Exec(schema.In(kReadAge), {migration.version.text()});
  return rows.empty() ? 0 : rows[0][0].as<int64_t>();
}

}  // namespace rung::migrate
