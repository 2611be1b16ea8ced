// What people call a table's rows by.
#pragma once

#include <string>

#include "pg/connection.h"

namespace rung::report {

// The table's column for that: name, title, email …; empty where it has none.
// Shape:  table as SQL has it.
// Tx:     in the caller's transaction; reads.
std::string FindLabelColumn(pg::Connection& connection, const std::string& table);

}  // namespace rung::report
