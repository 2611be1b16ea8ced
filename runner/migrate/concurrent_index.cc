#include "migrate/concurrent_index.h"

namespace rung::migrate {
namespace {

// An index lives in its table's schema, whatever the statement's search path.
constexpr const char* kRead = R"(
SELECT i.indisvalid, format('%I.%I', n.nspname, c.relname)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indrelid = to_regclass($1) AND c.relname = $2)";

pqxx::result Read(pg::Connection& connection, const sql::ConcurrentIndex& index) {
  const std::string table =
      (index.schema.empty() ? "" : pg::QuoteName(index.schema) + ".") + pg::QuoteName(index.table);
  return connection.Exec(kRead, {table, index.name});
}

}  // namespace

IndexState ReadIndexState(pg::Connection& connection, const sql::ConcurrentIndex& index) {
  const pqxx::result rows = Read(connection, index);
  if (rows.empty()) return IndexState::kAbsent;
  return rows[0][0].as<bool>() ? IndexState::kValid : IndexState::kInvalid;
}

void DropInvalidIndex(pg::Connection& connection, const sql::ConcurrentIndex& index) {
  const pqxx::result rows = Read(connection, index);
  if (rows.empty() || rows[0][0].as<bool>()) return;
  connection.Exec("DROP INDEX CONCURRENTLY " + rows[0][1].as<std::string>());
}

}  // namespace rung::migrate
