// What a fill's table is on this server: the heaps to be swept, their size, their key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fill/backfill_file.h"
#include "fill/key.h"
#include "pg/connection.h"
#include "pg/server_error.h"

namespace rung::fill {

// A table of so many bytes may be read whole for every batch: that takes a few milliseconds.
inline constexpr int64_t kSmallTable = 8 << 20;

enum class Kind {
  kOrdinary,
  kForeign,      // its rows are on another server
  kDistributed,  // Citus has its rows in shards: no page here is one of them
};

// One table with rows of its own: the fill's table, a leaf of it, or an inheritance child.
struct Relation {
  std::string oid;
  std::string name;      // with schema, quoted where it must be: public.users
  std::string filenode;  // changes when the table is rewritten
  Kind kind = Kind::kOrdinary;
  int64_t pages = 0;
  int64_t bytes = 0;              // of the heap
  double rows_estimate = 0;       // from statistics, scaled to today's size
  std::vector<KeyColumn> key;     // the fill's own, else what FindKey finds; may be empty
  bool key_is_scattered = false;  // see IsScattered
  std::vector<std::string> indexes_on_target;  // valid or not: each switches HOT off
};

// Checks the fill against the server's catalogs and finds its relations.
// Tx:     reads only; in the caller's transaction if there is one.
// Errors: core::Error (kFailed) at the fill's place: no such table or column, a view or another
//         thing that has no rows of its own, a column that takes no value, a right that the role
//         lacks, an expression that the server refuses, no key where one is needed.
std::vector<Relation> ResolveFill(pg::Connection& connection, const Fill& fill);

// The names of the relations that the fill's table has now, as in Relation; none where the table is
// gone.
// Tx:     reads only.
std::vector<std::string> FindRelationNames(pg::Connection& connection, const Fill& fill);

// What a person does when the server refuses a fill's statement for a right that the role lacks, for
// rows that it may not see, or for a publication; `otherwise` where it is about something else.
std::string NextAfterRefusal(const pg::ServerError& error, std::string otherwise);

}  // namespace rung::fill
