// One transaction, with the settings it runs under. Nothing relies on session state, so it works
// through a transaction-mode pooler.
#pragma once

#include <chrono>
#include <optional>

#include "pg/connection.h"

namespace rung::pg {

struct TransactionSettings {
  std::chrono::milliseconds lock_timeout{0};       // 0: wait for ever
  std::chrono::milliseconds statement_timeout{0};  // 0: no limit
  std::chrono::milliseconds idle_timeout{0};       // 0: no limit
  bool rows_are_all_visible = false;               // row_security = off: hidden rows are an error
  bool read_only = false;
  bool short_statements = false;  // without JIT, which takes longer to compile than they to run
  bool strangers_sql = false;     // notice when that SQL ends the transaction
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

  // Takes the session's own role again, whatever a stranger's SQL has set.
  // Shape:  false where that SQL has ended this transaction: what stood before its COMMIT is kept.
  bool Reclaim();

  // Errors: ServerError: nothing is kept. ConnectionLost: kept or not, the database knows.
  void Commit();

 private:
  Connection& connection_;
  bool open_ = true;
  std::string id_;  // with strangers_sql
};

}  // namespace rung::pg
