#include "pg/transaction.h"

#include <fmt/format.h>

namespace rung::pg {
namespace {

std::string BeginStatement(const TransactionSettings& settings) {
  std::string sql;
  // RESET ALL leaves the role alone.
  if (settings.clean_session) sql += "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL; ";
  sql += "BEGIN ISOLATION LEVEL READ COMMITTED";
  if (settings.read_only) sql += " READ ONLY";
  sql += fmt::format(
      "; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; "
      "SET LOCAL idle_in_transaction_session_timeout = {}",
      settings.lock_timeout.count(), settings.statement_timeout.count(),
      settings.idle_timeout.count());
  if (settings.rows_are_all_visible) sql += "; SET LOCAL row_security = off";
  return sql;
}

}  // namespace

Transaction::Transaction(Connection& connection, const TransactionSettings& settings)
    : connection_(connection) {
  try {
    connection_.Exec(BeginStatement(settings));
  } catch (const ServerError&) {
    connection_.Exec("ROLLBACK");
    throw;
  }
}

Transaction::~Transaction() {
  if (!open_ || !connection_.IsOpen()) return;
  try {
    connection_.Exec("ROLLBACK");
  } catch (const std::exception&) {  // gone meanwhile: the server rolls back by itself
  }
}

void Transaction::Commit() {
  connection_.Exec("COMMIT");
  open_ = false;
}

}  // namespace rung::pg
