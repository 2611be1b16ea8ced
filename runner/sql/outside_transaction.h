// The statements that PostgreSQL keeps out of transactions.
#pragma once

#include <string_view>

struct PgQuery__Node;

namespace rung::sql {

// "VACUUM", a text that lives for ever; empty for a statement that may run in a transaction.
// Source: PreventInTransactionBlock in PostgreSQL 15's source; each tried on a server.
std::string_view ReasonToStayOutside(const PgQuery__Node& statement);

}  // namespace rung::sql
