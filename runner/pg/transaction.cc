#include "pg/transaction.h"

#include <fmt/format.h>

namespace rung::pg {
namespace {

std::string BeginStatement(const TransactionSettings& settings) {
  std::string sql = "BEGIN ISOLATION LEVEL READ COMMITTED";
  if (settings.read_only) sql += " READ ONLY";
  if (settings.read_write) sql += " READ WRITE";
  if (!settings.modes.empty()) sql += fmt::format("; SET TRANSACTION {}", settings.modes);
  if (!settings.session_timeouts_win) {
    sql += fmt::format("; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = {}",
                       settings.lock_timeout.count(), settings.statement_timeout.count());
  }
  sql += fmt::format("; SET LOCAL idle_in_transaction_session_timeout = {}",
                     settings.idle_timeout.count());
  if (settings.rows_are_all_visible) sql += "; SET LOCAL row_security = off";
  if (settings.short_statements) sql += "; SET LOCAL jit = off";
  if (!settings.further.empty()) sql += fmt::format("; {}", settings.further);
  if (settings.checks_at_once) sql += "; SET CONSTRAINTS ALL IMMEDIATE";
  return sql;
}

// Queries, so that no mode of the transaction can be set behind them.
std::string IdentifyStatement(const TransactionSettings& settings) {
  std::string sql;
  if (settings.session_timeouts_win) {
    constexpr const char* kUnlessSet =
        "SELECT pg_catalog.set_config('{0}', '{1}', true) FROM pg_catalog.pg_settings "
        "WHERE name = '{0}' AND source <> 'session'; ";
    sql += fmt::format(kUnlessSet, "lock_timeout", settings.lock_timeout.count());
    sql += fmt::format(kUnlessSet, "statement_timeout", settings.statement_timeout.count());
  }
  return sql + "SELECT pg_catalog.txid_current(), pg_catalog.pg_backend_pid()";
}

// RESET ALL leaves the role alone. Of the parts of DISCARD ALL, which no transaction may hold, those
// that are prepared statements and the like may be another client's behind a pooler.
std::string ForgetStatements(const Connection& connection, Forget forget) {
  std::string sql = "RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL";
  if (forget == Forget::kAll) {
    return "CLOSE ALL; " + sql +
           "; DISCARD TEMP; DISCARD SEQUENCES; DEALLOCATE ALL; UNLISTEN *; "
           "SELECT pg_catalog.pg_advisory_unlock_all()";
  }
  // The name that a session of the pooler began with is not ours.
  return sql + "; DISCARD TEMP; SET application_name = " + QuoteText(connection.application_name());
}

}  // namespace

Transaction::Transaction(Connection& connection, const TransactionSettings& settings)
    : connection_(connection), settings_(settings) {
  try {
    std::string sql = BeginStatement(settings_);
    const bool identify = settings_.strangers_sql && !settings_.is_identified_later;
    if (identify) sql += "; " + IdentifyStatement(settings_);
    const pqxx::result last = connection_.Exec(sql);
    if (identify) TakeIdentity(last);
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

void Transaction::Identify() { TakeIdentity(connection_.Exec(IdentifyStatement(settings_))); }

void Transaction::TakeIdentity(const pqxx::result& identity) {
  id_ = identity[0][0].c_str();
  backend_pid_ = identity[0][1].as<int>();
}

bool Transaction::Reclaim(Forget forget) {
  // Inside of the file's own time limits this could end with them.
  std::string sql = "SET LOCAL statement_timeout = 0; SET CONSTRAINTS ALL IMMEDIATE; ";
  sql += forget == Forget::kNothing
             ? "SET LOCAL SESSION AUTHORIZATION DEFAULT; SET LOCAL ROLE NONE"
             : ForgetStatements(connection_, forget) + "; SET LOCAL statement_timeout = 0";
  const pqxx::result last = connection_.Exec(sql +
                                             "; SELECT pg_catalog.txid_current(), "
                                             "pg_catalog.current_setting('transaction_read_only')");
  is_read_only_ = std::string_view(last[0][1].c_str()) == "on";
  return last[0][0].c_str() == id_;
}

void ForgetInSession(Connection& connection, Forget forget) {
  if (forget != Forget::kNothing) connection.Exec(ForgetStatements(connection, forget));
}

void Transaction::Commit() {
  connection_.Exec("COMMIT");
  open_ = false;
}

}  // namespace rung::pg
