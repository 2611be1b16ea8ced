// The comments with which a file asks to run outside of a transaction.
#pragma once

#include <string_view>

namespace rung::sql {

// True where one of the comments in front of the first statement is `-- rung: no-transaction`, or
// what Atlas, graphile-migrate or tern write for it.
bool AsksForNoTransaction(std::string_view text);

}  // namespace rung::sql
