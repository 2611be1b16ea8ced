// A fill whose `match` finds more than one row of its source would take its value from any of them,
// and from another one the next time: it is refused.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "fill/backfill_file.h"
#include "pg/connection.h"

namespace rung::fill {

// What `match` says of the source's rows alone.
struct SourceMatch {
  std::vector<std::string> keys;     // the source's side of each equation with the filled table's
  std::vector<std::string> filters;  // conditions that read the source only
  // Those of the equations that are between two plain columns: the source's, the filled table's.
  std::vector<std::pair<std::string, std::string>> columns;
  // The keys and filters are all of it: rows of the source with the same keys match the same rows.
  bool is_whole = true;
};

// Pure. The fill has a source.
SourceMatch ReadMatch(const Fill& fill);

// A unique index answers it. Where there is none the source's rows are grouped by their keys, and
// only where `match` is more than equations is the filled table read too.
// Tx:     reads only; in the caller's transaction if there is one.
// Errors: core::Error (kFailed) at the fill's place, with one key that is there more than once.
//         Rows that are written later are not seen.
void RequireUniqueSource(pg::Connection& connection, const Fill& fill);

}  // namespace rung::fill
