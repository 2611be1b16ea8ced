#include "migrate/partition_detach.h"

namespace rung::migrate {
namespace {

// Since PostgreSQL 14, as the statement is.
constexpr const char* kRead = R"(
SELECT inhdetachpending FROM pg_catalog.pg_inherits
WHERE inhparent = pg_catalog.to_regclass($1) AND inhrelid = pg_catalog.to_regclass($2))";

}  // namespace

DetachState ReadDetachState(pg::Connection& connection, const sql::BareStatement& detach) {
  if (connection.server_version() < 140000) return DetachState::kAttached;
  const pqxx::result rows =
      connection.Exec(kRead, {pg::QuoteName(detach.table.schema, detach.table.name),
                              pg::QuoteName(detach.partition.schema, detach.partition.name)});
  if (rows.empty()) return DetachState::kDetached;
  return rows[0][0].as<bool>() ? DetachState::kPending : DetachState::kAttached;
}

std::string FinalizeStatement(const sql::BareStatement& detach) {
  return "ALTER TABLE " + pg::QuoteName(detach.table.schema, detach.table.name) +
         " DETACH PARTITION " + pg::QuoteName(detach.partition.schema, detach.partition.name) +
         " FINALIZE";
}

}  // namespace rung::migrate
