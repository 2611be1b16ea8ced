// What a statement does to the rows of a table that is there already: nothing, or something that
// takes the longer the larger the table is. Read off its parse tree; where the tree alone cannot
// know, the worst is assumed, and said what the catalog has to be asked. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/bare_statement.h"
#include "sql/type_shape.h"

struct PgQuery__Node;

namespace rung::sql {

// Lightest first.
enum class Work { kNothing, kWritesRows, kBuildsIndex, kScans, kRewrites };

// "INDEX BUILD"; empty for nothing.
const char* ToString(Work work);

// Which part of a statement is the reason.
enum class Cause {
  kAccessMethod,
  kAttachPartition,
  kCheck,
  kCluster,
  kDefault,  // of a new column
  kDomain,   // the type of a new column may have constraints
  kExclusion,
  kForeignKey,
  kIdentity,  // serial, or GENERATED … AS IDENTITY
  kIndex,
  kIndexConcurrently,
  kLogged,
  kPrimaryKey,
  kRefresh,
  kReindex,
  kReindexConcurrently,
  kRequiredColumn,  // NOT NULL, and no value for the rows that are there
  kRows,            // UPDATE, DELETE, MERGE
  kSetNotNull,
  kStoredColumn,  // GENERATED … STORED
  kTablespace,
  kType,
  kUnique,
  kVacuumFull,
  kValidate,
};

struct TableWork {
  std::string table;  // as written, as in TableLock; empty where it cannot be told
  ObjectName name;    // of it
  Cause cause = Cause::kCheck;
  Work work = Work::kNothing;
  std::string what;        // "ADD COLUMN token: a volatile default fills every row"
  bool is_certain = true;  // the catalog knows nothing that could make it less

  // What a question to the catalog needs.
  std::string column;
  std::string object;  // a constraint, tablespace, access method, index; the parent of a partition
  TypeShape type;      // of kType, and of a new column
  std::vector<std::string> functions;  // of a default, whose volatility is not known
};

// In the order of the statement.
std::vector<TableWork> FindTableWork(const PgQuery__Node& statement);

}  // namespace rung::sql
