// Tells whether anything at all was written to a database.
#pragma once

#include <string>

#include "support/database.h"

namespace rung::test {

// Of every row of every table and every entry of the catalogs, with the transaction that wrote it: two
// are equal only where nothing was created, changed, dropped or rewritten in between. Sequences are not
// part of it.
std::string Fingerprint(TestDatabase& database);

}  // namespace rung::test
