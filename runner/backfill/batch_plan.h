// What the server's plan of a batch does: is the filled table read by the batch's own range, and
// which tables are read whole for every batch. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backfill/fill_plan.h"

namespace rung::backfill {

// How a statement reaches its rows.
struct Reading {
  bool scans_target = false;            // some scan of the filled table is not bounded by the range
  std::vector<std::string> read_whole;  // other tables, with schema, quoted, each once
};

// Shape:  `json` is what EXPLAIN (VERBOSE, FORMAT JSON) returns, of a statement in which the filled
//         table has the alias fill::kAlias.
// A plan that does not show how a table is read (of a foreign table, of Citus) is not judged, but
// for a foreign table's range: it has to be part of what is sent.
Reading ReadPlan(std::string_view json, Sweep sweep);

// Does a plan, of EXPLAIN (FORMAT JSON), sort anything?
bool SortsRows(std::string_view json);

}  // namespace rung::backfill
