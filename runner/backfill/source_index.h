// What would keep a big source from being read whole: an index, statistics, types that agree.
#pragma once

#include <string>

#include "fill/backfill_file.h"
#include "pg/connection.h"

namespace rung::backfill {

// What a person does about `table`, which a batch of the fill would read whole: the source itself, a
// part of it, or a table behind a view or a subquery.
// Shape:  an imperative, ready to paste where it is SQL.
// Tx:     reads only.
std::string NextForSource(pg::Connection& connection, const fill::Fill& fill,
                          const std::string& table);

}  // namespace rung::backfill
