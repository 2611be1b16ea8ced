// Whether a fill's table is one that can be filled: its kind, its columns, the role's rights.
#pragma once

#include <string>
#include <vector>

#include "fill/backfill_file.h"
#include "fill/relation.h"
#include "pg/connection.h"

namespace rung::fill {

// The oid of the fill's table.
// Tx:     reads only.
// Errors: core::Error (kFailed) at the fill's place: no such table or column, a thing without rows
//         of its own, a target column that takes no value, one of the partition key.
std::string RequireTable(pg::Connection& connection, const Fill& fill);

// Tx:     reads only.
// Errors: core::Error (kFailed) at the fill's place, with everything that the role lacks and the
//         statements that grant it.
void RequirePrivileges(pg::Connection& connection, const Fill& fill,
                       const std::vector<Relation>& relations);

}  // namespace rung::fill
