// What an interrupted CREATE INDEX CONCURRENTLY left behind.
#pragma once

#include "pg/connection.h"
#include "sql/statements.h"

namespace rung::migrate {

enum class IndexState { kAbsent, kInvalid, kValid };

// The index of this name on this table, by the search path in force.
// Tx:     none; reads.
IndexState ReadIndexState(pg::Connection& connection, const sql::ConcurrentIndex& index);

// Tx:     none: the server keeps the statement out of transactions.
void DropInvalidIndex(pg::Connection& connection, const sql::ConcurrentIndex& index);

}  // namespace rung::migrate
