// Asks the catalog for what a statement's text cannot tell of its work on a table's rows.
#pragma once

#include <string>
#include <vector>

#include "pg/connection.h"
#include "sql/table_work.h"

namespace rung::migrate {

// Makes the work less where the catalog shows that it is, and certain where it knows. What the
// catalog does not know of, such as a column that a pending statement adds, stays as it is.
// Shape:  `validated` are constraints of the table that will be valid by then.
// Tx:     none; reads.
void SettleWork(pg::Connection& connection, const std::vector<std::string>& validated,
                sql::TableWork& work);

}  // namespace rung::migrate
