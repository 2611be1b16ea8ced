#include "migrate/supabase_history.h"

#include <fmt/format.h>

#include <set>

#include "core/error.h"
#include "pg/server_error.h"
#include "pg/text_array.h"
#include "pg/transaction.h"
#include "sql/segments.h"

namespace rung::migrate {
namespace {

constexpr const char* kTable = "supabase_migrations.schema_migrations";

constexpr const char* kRead = "SELECT version FROM supabase_migrations.schema_migrations";

// Of the table, if there is one: is it one, has it the columns with these types, is the version its
// key, can a row be written that has no more than these columns, and may this role write it?
constexpr const char* kShape = R"(
SELECT c.relkind IN ('r', 'p'),
       count(*) FILTER (WHERE a.attname = 'version' AND t.typname IN ('text', 'varchar')) = 1,
       count(*) FILTER (WHERE a.attname = 'statements' AND t.typname <> '_text') = 0,
       count(*) FILTER (WHERE a.attname = 'name' AND t.typname NOT IN ('text', 'varchar')) = 0,
       count(*) FILTER (WHERE a.attname IN ('name', 'statements')) = 2,
       coalesce(string_agg(a.attname, ', ') FILTER (
         WHERE a.attname NOT IN ('version', 'statements', 'name') AND a.attnotnull
           AND NOT a.atthasdef AND a.attidentity = ''), ''),
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indpred IS NULL
         AND i.indnkeyatts = 1 AND i.indkey[0] = (SELECT v.attnum FROM pg_attribute v
           WHERE v.attrelid = c.oid AND v.attname = 'version')),
       has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
         AND has_table_privilege(c.oid, 'UPDATE') AND has_table_privilege(c.oid, 'DELETE')
FROM pg_class c
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_type t ON t.oid = a.atttypid
WHERE c.oid = to_regclass('supabase_migrations.schema_migrations')
GROUP BY c.oid, c.relkind)";

constexpr const char* kCreateSchema = "CREATE SCHEMA supabase_migrations";

constexpr const char* kCreate = R"(
CREATE TABLE IF NOT EXISTS supabase_migrations.schema_migrations (version text NOT NULL PRIMARY KEY);
ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS statements text[];
ALTER TABLE supabase_migrations.schema_migrations ADD COLUMN IF NOT EXISTS name text)";

constexpr const char* kRecord = R"(
INSERT INTO supabase_migrations.schema_migrations (version, name, statements)
VALUES ($1, $2, $3::text[])
ON CONFLICT (version) DO UPDATE SET name = excluded.name, statements = excluded.statements)";

constexpr const char* kForget =
    "DELETE FROM supabase_migrations.schema_migrations WHERE version = $1";

core::Error Refused(std::string what, std::string next) {
  return core::Error(core::Failure::kFailed, core::Problem{kTable, std::move(what), {}},
                     "nothing was changed", std::move(next));
}

// What has another shape than the table of Supabase's tools; empty where nothing has.
std::string FaultOf(const pqxx::row& shape) {
  if (!shape[0].as<bool>()) return "it is not a table";
  if (!shape[1].as<bool>()) return "it has no column version of type text";
  if (!shape[2].as<bool>()) return "its column statements is not of type text[]";
  if (!shape[3].as<bool>()) return "its column name is not of type text";
  if (const auto other = shape[5].as<std::string>(); !other.empty()) {
    return fmt::format("it has columns that must be given a value: {}", other);
  }
  if (!shape[6].as<bool>()) return "its version is not its key";
  return "";
}

}  // namespace

void EnsureSupabaseHistory(pg::Connection& connection) {
  const pqxx::result shape = connection.Exec(kShape);
  if (!shape.empty()) {
    if (const std::string fault = FaultOf(shape[0]); !fault.empty()) {
      throw Refused("not the table of Supabase's tools: " + fault,
                    "look what that is, or leave --record-supabase out");
    }
    if (!shape[0][7].as<bool>()) {
      throw Refused("this role may not read and write it",
                    "run it as the role that Supabase's tools use (postgres), or leave "
                    "--record-supabase out");
    }
    if (shape[0][4].as<bool>()) return;
  }
  try {
    pg::Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10)});
    // IF NOT EXISTS would ask for the right to create one even where it exists.
    if (transaction.Exec("SELECT to_regnamespace('supabase_migrations')")[0][0].is_null()) {
      transaction.Exec(kCreateSchema);
    }
    transaction.Exec(kCreate);
    transaction.Commit();
  } catch (const pg::ServerError& error) {
    throw Refused(fmt::format("cannot be made: {}", error.what()),
                  "run it as the role that Supabase's tools use (postgres), or leave "
                  "--record-supabase out");
  }
}

int CatchUpSupabaseHistory(pg::Connection& connection, std::span<const Migration> migrations,
                           std::span<const PendingMigration> pending) {
  EnsureSupabaseHistory(connection);
  std::set<core::Version> known;
  for (const auto& row : connection.Exec(kRead)) {
    if (const auto version = core::Version::Parse(row[0].as<std::string>())) known.insert(*version);
  }
  std::set<core::Version> open;
  std::vector<core::Problem> problems;
  for (const PendingMigration& next : pending) {
    open.insert(next.migration->version);
    if (!known.contains(next.migration->version)) continue;
    problems.push_back({next.migration->path,
                        fmt::format("{} has it as applied, and rung's history has not", kTable),
                        {}});
  }
  if (!problems.empty()) {
    throw core::Error(core::Failure::kFailed, std::move(problems), "nothing was changed",
                      "take over what Supabase's tools have applied with `rung baseline N`, or "
                      "take the rows out of that table if they never ran");
  }
  int added = 0;
  pg::Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10)});
  for (const Migration& migration : migrations) {
    if (open.contains(migration.version) || known.contains(migration.version)) continue;
    RecordInSupabase(connection, migration);
    ++added;
  }
  transaction.Commit();
  return added;
}

void RecordInSupabase(pg::Connection& connection, const Migration& migration) {
  constexpr size_t kLargest = 64u << 20;
  pg::Params statements;
  const std::string_view text = *migration.text;
  sql::Segmenter segmenter(text.size() > kLargest ? std::string_view() : text);
  for (sql::Segment segment; segmenter.Next(segment);) {
    std::string statement(text.substr(segment.text.begin, segment.text.end - segment.text.begin));
    statement.erase(statement.find_last_not_of(" \t\r\n") + 1);
    statements.emplace_back(std::move(statement));
  }
  connection.Exec(kRecord, {migration.version.text(), migration.name, pg::TextArray(statements)});
}

void ForgetInSupabase(pg::Connection& connection, const std::string& version) {
  connection.Exec(kForget, {version});
}

}  // namespace rung::migrate
