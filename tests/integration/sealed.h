// Rows of the history that a test has written, as rung would have written them.
#pragma once

#include "support/database.h"

namespace rung::test {

// Gives every row the digest of its fields, so that it does not count as tampered with.
void Seal(TestDatabase& database);

}  // namespace rung::test
