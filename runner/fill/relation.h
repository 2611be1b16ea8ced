// What a fill's table is on this server: the heaps to be swept, their size, their key.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fill/backfill_file.h"
#include "pg/connection.h"
#include "pg/server_error.h"

namespace rung::fill {

struct KeyColumn {
  std::string name;
  std::string type;  // as a cast takes it
};

// One table with rows of its own: the fill's table, a leaf of it, or an inheritance child.
struct Relation {
  std::string oid;
  std::string name;      // with schema, quoted where it must be: public.users
  std::string filenode;  // changes when the table is rewritten
  int64_t pages = 0;
  int64_t bytes = 0;         // of the heap
  double rows_estimate = 0;  // from statistics, scaled to today's size
  std::vector<KeyColumn>
      key;  // the primary key, else a unique index over NOT NULL columns; may be empty
  std::vector<std::string> indexes_on_target;  // valid or not: each switches HOT off
};

// Checks the fill against the server's catalogs and finds its relations.
// Tx:     reads only; in the caller's transaction if there is one.
// Errors: core::Error (kFailed) at the fill's place: no such table or column, a view or another
// thing
//         that has no rows of its own, an expression that the server refuses, no key where `once`
//         or the key sweep needs one, a source with several rows for one of the table's.
std::vector<Relation> ResolveFill(pg::Connection& connection, const Fill& fill);

// What a person does when the server refuses a fill's statement for a right that the role lacks, or
// for rows that it may not see; `otherwise` where it is about something else.
std::string NextAfterRefusal(const pg::ServerError& error, std::string otherwise);

}  // namespace rung::fill
