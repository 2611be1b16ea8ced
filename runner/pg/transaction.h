// One transaction, with the settings it runs under. Nothing relies on session state, so it works
// through a transaction-mode pooler.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "pg/connection.h"

namespace rung::pg {

struct TransactionSettings {
  std::chrono::milliseconds lock_timeout{0};       // 0: wait for ever
  std::chrono::milliseconds statement_timeout{0};  // 0: no limit
  std::chrono::milliseconds idle_timeout{0};       // 0: no limit
  bool rows_are_all_visible = false;               // row_security = off: hidden rows are an error
  bool read_only = false;
  bool read_write = false;            // whatever a stranger's SQL has made the session's default
  bool short_statements = false;      // without JIT, which takes longer to compile than they to run
  bool strangers_sql = false;         // notice when that SQL ends the transaction
  bool session_timeouts_win = false;  // lock_timeout and statement_timeout that the session has SET
  std::string_view modes = {};        // as in SET TRANSACTION, where that SQL asks for its own
  bool is_identified_later = false;   // that SQL has yet to set modes, which no query may precede
  bool checks_at_once = false;        // no constraint is left for the commit to check
  std::string_view further = {};      // more SET LOCAL, as SQL
};

// What a stranger's SQL may have left in the session that is taken away again.
enum class Forget {
  kNothing,   // but for this transaction the session's own role holds
  kSettings,  // role, settings, temporary tables
  kAll,       // also cursors, prepared statements, LISTEN, session advisory locks
};

class Transaction {
 public:
  // BEGIN (READ COMMITTED) and the settings, in one round trip.
  Transaction(Connection& connection, const TransactionSettings& settings);

  // Rolls back unless committed; the connection may be gone.
  ~Transaction();

  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;

  pqxx::result Exec(const std::string& sql) { return connection_.Exec(sql); }
  pqxx::result Exec(const std::string& sql, const Params& params) {
    return connection_.Exec(sql, params);
  }

  // Takes the session's own role again, whatever a stranger's SQL has set; deferred constraints are
  // checked before that. What is forgotten is so by the time of the commit: nobody else who is given
  // the session by a pooler ever sees it.
  // Shape:  false where that SQL has ended this transaction: what stood before its COMMIT is kept.
  // Errors: ServerError: of a deferred constraint.
  bool Reclaim(Forget forget);

  // With is_identified_later: before that SQL's first statement that may not be a SET.
  void Identify();

  // With strangers_sql: the server's process, which behind a pooler differs from the announced one.
  // 0 until identified.
  int backend_pid() const { return backend_pid_; }

  // After Reclaim: has that SQL asked for READ ONLY? Then nothing can be recorded in here, and
  // nothing was changed.
  bool is_read_only() const { return is_read_only_; }

  // Errors: ServerError: nothing is kept. ConnectionLost: kept or not, the database knows.
  void Commit();

 private:
  void TakeIdentity(const pqxx::result& identity);

  Connection& connection_;
  const TransactionSettings settings_;
  bool open_ = true;
  std::string id_;  // with strangers_sql
  int backend_pid_ = 0;
  bool is_read_only_ = false;
};

// Takes away by itself what a stranger's SQL left in the session.
void ForgetInSession(Connection& connection, Forget forget);

}  // namespace rung::pg
