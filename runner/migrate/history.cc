#include "migrate/history.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "files/checksum.h"
#include "migrate/history_sql.h"
#include "migrate/supabase_history.h"

namespace rung::migrate {

using namespace history_sql;

namespace {

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
