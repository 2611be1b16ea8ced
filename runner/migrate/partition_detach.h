// What an interrupted DETACH PARTITION CONCURRENTLY left behind.
#pragma once

#include <string>

#include "pg/connection.h"
#include "sql/bare_statement.h"

namespace rung::migrate {

enum class DetachState { kAttached, kPending, kDetached };

// By the search path in force.
// Tx:     none; reads.
DetachState ReadDetachState(pg::Connection& connection, const sql::BareStatement& detach);

// What brings a pending one to its end.
std::string FinalizeStatement(const sql::BareStatement& detach);

}  // namespace rung::migrate
