// Are rung's own tables still what rung has made? What others have done to them is found before
// anything is read from them or written to them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::pg {

struct OwnColumn {
  std::string_view name;
  std::string_view type;  // as format_type() has it
  int step = 1;           // that added it
};

struct OwnTable {
  std::string_view name;
  int steps;  // that this version knows
  std::span<const OwnColumn> columns;
};

// Tx:     none; reads.
// Returns the last step done of each of these tables; none where rung has made nothing yet.
// Errors: core::Error (kFailed) naming every table that is gone, is something else than a table,
//         has no primary key, lacks a column or has another one that must be given; tables that
//         a newer rung has made.
std::map<std::string, int> RequireOwnShape(Connection& connection, const OwnSchema& schema,
                                           std::span<const OwnTable> tables);

}  // namespace rung::pg
