// What each pending statement will lock and do to the rows of a table, and how large that table is.
// Changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "check/known.h"
#include "migrate/migration.h"
#include "pg/connection.h"
#include "sql/table_lock.h"
#include "sql/table_work.h"

namespace rung::migrate {

struct StatementPlan {
  std::vector<sql::TableLock> locks;  // strongest first
  std::string table;                  // of the strongest lock, or of the work
  bool is_new = false;                // an earlier pending statement makes that table
  std::optional<int64_t> rows;        // estimates; none for a new table
  std::optional<int64_t> bytes;
  sql::Work work = sql::Work::kNothing;  // the heaviest part
  std::string why;                       // of it; empty for nothing
  bool is_certain = true;                // else it may be less
};

struct TableSize {
  int64_t rows = 0;
  int64_t bytes = 0;
};

// Of a table with all its partitions; nullopt where there is none of this name.
// Tx:     none; reads.
std::optional<TableSize> ReadTableSize(pg::Connection& connection, const std::string& table);

class StatementPlanner {
 public:
  explicit StatementPlanner(pg::Connection& connection) : connection_(connection) {}

  // Shape:  statements come in the order in which they will run.
  // Tx:     none; reads.
  StatementPlan Plan(const Migration& migration, size_t statement);

  // Does an earlier pending statement make this table?
  bool IsNew(const std::string& table) const;

 private:
  void ChooseWork(std::vector<sql::TableWork> works, StatementPlan& plan);
  std::string TableOfIndex(const std::string& index);
  bool Exists(const std::string& table);

  pg::Connection& connection_;
  check::Known known_;                                          // made by the pending statements
  std::vector<std::pair<std::string, std::string>> validated_;  // table and constraint
};

}  // namespace rung::migrate
