#include "pg/transaction.h"

#include <fmt/format.h>

namespace rung::pg {
namespace {

std::string BeginStatement(const TransactionSettings& settings) {
  std::string sql = "BEGIN ISOLATION LEVEL READ COMMITTED";
  if (settings.read_only) sql += " READ ONLY";
  sql += fmt::format(
      "; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}; "
      "SET LOCAL idle_in_transaction_session_timeout = {}",
      settings.lock_timeout.count(), settings.statement_timeout.count(),
      settings.idle_timeout.count());
  if (settings.rows_are_all_visible) sql += "; SET LOCAL row_security = off";
  if (settings.short_statements) sql += "; SET LOCAL jit = off";
  if (settings.strangers_sql) sql += "; SELECT txid_current()";
  return sql;
}

}  // namespace

Transaction::Transaction(Connection& connection, const TransactionSettings& settings)
    : connection_(connection) {
  try {
    const pqxx::result last = connection_.Exec(BeginStatement(settings));
    if (settings.strangers_sql) id_ = last[0][0].c_str();
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

bool Transaction::Reclaim() {
  const pqxx::result last = connection_.Exec(
      "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE; SELECT txid_current()");
  return last[0][0].c_str() == id_;
}

void Transaction::Commit() {
  connection_.Exec("COMMIT");
  open_ = false;
}

}  // namespace rung::pg
