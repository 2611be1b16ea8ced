// How far a file of several units has come, in words: what is kept, what is not, what to type next.
// Pure.
#pragma once

#include <string>

#include "migrate/history.h"
#include "migrate/migration.h"

namespace rung::migrate {

// Of a file in one transaction that came to nothing.
inline constexpr const char* kFileIsRolledBack =
    "this file is rolled back; everything before it is applied";

// "statements 1 to 2 of 4 are done and kept"
std::string DescribeKept(const Migration& migration, int done);

// The whole state after this unit did not come to its end: what is kept, what became of the unit,
// what has not run.
// Shape:  `bare` is what is said of a statement outside of a transaction: "has failed".
std::string DescribeState(const Migration& migration, int done, const Unit& unit,
                          const std::string& bare);

// "mend the file from line 3 on and run it again: it goes on at statement 2"
std::string NextAfterFailure(const Migration& migration, int done);

// For `rung status`, of a file that is begun and not applied.
std::string DescribeInterrupted(const Migration& migration, const HistoryRow& row);

}  // namespace rung::migrate
