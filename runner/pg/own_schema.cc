#include "pg/own_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/error.h"
#include "pg/transaction.h"

namespace rung::pg {
namespace {

constexpr std::string_view kCreate = R"(
CREATE TABLE IF NOT EXISTS {rung}.own_step (
  table_name text NOT NULL,
  number     integer NOT NULL,
  done_at    timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (table_name, number)
))";

constexpr std::string_view kRead = "SELECT table_name, number FROM {rung}.own_step";

constexpr std::string_view kRecord =
    "INSERT INTO {rung}.own_step (table_name, number) VALUES ($1, $2)";

// Its two columns, if it is a table at all.
constexpr const char* kIsOwn = R"(
SELECT c.relkind = 'r' AND 2 = (SELECT count(*) FROM pg_attribute a
  WHERE a.attrelid = c.oid AND (a.attname, a.atttypid::regtype::text) IN
    (('table_name', 'text'), ('number', 'integer')))
FROM pg_class c WHERE c.oid = to_regclass($1))";

bool HasOwnSteps(Connection& connection, const OwnSchema& schema) {
  const pqxx::result is_own =
      connection.Exec(kIsOwn, {QuoteName(schema.name()) + "." + QuoteName("own_step")});
  if (is_own.empty()) return false;
  if (is_own[0][0].as<bool>()) return true;
  throw core::Error(
      core::Failure::kFailed,
      core::Problem{schema.name() + ".own_step", "is not the table that rung has made", {}},
      "nothing was changed", "bring rung's own tables back as they were, from a backup");
}

std::set<std::pair<std::string, int>> ReadDone(Connection& connection, const OwnSchema& schema) {
  std::set<std::pair<std::string, int>> done;
  if (!HasOwnSteps(connection, schema)) return done;
  for (const auto& row : connection.Exec(schema.In(kRead))) {
    done.emplace(row[0].as<std::string>(), row[1].as<int>());
  }
  return done;
}

}  // namespace

std::map<std::string, int> ReadOwnSteps(Connection& connection, const OwnSchema& schema) {
  std::map<std::string, int> last;
  if (!HasOwnSteps(connection, schema)) return last;
  for (const auto& row : connection.Exec(schema.In(kRead))) {
    int& step = last[row[0].as<std::string>()];
    step = std::max(step, row[1].as<int>());
  }
  return last;
}

std::string OwnSchema::In(std::string_view sql) const {
  constexpr std::string_view kMark = "{rung}";
  std::string text(sql);
  const std::string quoted = QuoteName(name_);
  for (size_t at = 0; (at = text.find(kMark, at)) != std::string::npos; at += quoted.size()) {
    text.replace(at, kMark.size(), quoted);
  }
  return text;
}

bool HasTable(Connection& connection, const OwnSchema& schema, const std::string& table) {
  const std::string name = schema.In("{rung}.") + QuoteName(table);
  return !connection.Exec("SELECT to_regclass($1)", {name})[0][0].is_null();
}

bool IsUpToDate(Connection& connection, const OwnSchema& schema, std::span<const OwnStep> steps) {
  const auto done = ReadDone(connection, schema);
  for (const OwnStep& step : steps) {
    if (!done.contains({std::string(step.table), step.number})) return false;
  }
  return true;
}

void EnsureOwnTables(Connection& connection, const OwnSchema& schema,
                     std::span<const OwnStep> steps) {
  const auto done = ReadDone(connection, schema);
  Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10)});
  // CREATE SCHEMA IF NOT EXISTS would ask for the right to create one even where it exists.
  if (transaction.Exec("SELECT to_regnamespace($1)", {QuoteName(schema.name())})[0][0].is_null()) {
    transaction.Exec(schema.In("CREATE SCHEMA {rung}"));
  }
  if (done.empty()) transaction.Exec(schema.In(kCreate));
  for (const OwnStep& step : steps) {
    if (done.contains({std::string(step.table), step.number})) continue;
    transaction.Exec(schema.In(step.sql));
    transaction.Exec(schema.In(kRecord), {std::string(step.table), std::to_string(step.number)});
  }
  transaction.Commit();
}

}  // namespace rung::pg
