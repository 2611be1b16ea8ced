// The table lock a statement takes, read off its parse tree.
#pragma once

#include <string>
#include <string_view>
#include <vector>

struct PgQuery__Node;
struct PgQuery__RangeVar;

namespace rung::sql {

// PostgreSQL's table-level lock modes, weakest first.
enum class LockMode {
  kAccessShare,
  kRowShare,
  kRowExclusive,
  kShareUpdateExclusive,
  kShare,
  kShareRowExclusive,
  kExclusive,
  kAccessExclusive,
};

// "ACCESS EXCLUSIVE"
const char* ToString(LockMode mode);

// The table's name as written, with its schema if it has one; quoted only where it must be.
std::string TextOf(const PgQuery__RangeVar& relation);

struct TableLock {
  std::string table;  // as TextOf writes it
  LockMode mode = LockMode::kAccessShare;
  bool is_index = false;  // the name is that of an index, the lock on its table
};

// The locks on existing tables that the statement's text shows: the strongest for each table,
// strongest first. What triggers, functions and cascades take is not in the text.
// Source: the manual, "Explicit Locking" and the notes of each command.
std::vector<TableLock> FindTableLocks(const PgQuery__Node& statement);

// The same of a statement's text; none where it does not parse.
std::vector<TableLock> FindTableLocks(std::string_view statement);

}  // namespace rung::sql
