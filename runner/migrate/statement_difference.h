// Where a changed file differs from what was applied of it, statement by statement. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "migrate/migration.h"
#include "migrate/statement_record.h"

namespace rung::migrate {

// Are the first `count` statements the same but for their form? False where they were not kept.
bool HasSameStart(std::span<const RecordedStatement> recorded, const Migration& migration,
                  int count);

// The first difference, as lines to be shown: "statement 3 of 5 differs, line 12: ALTER TABLE …",
// and what stood there; added and removed statements are told as such.
// Shape:  recorded: of the applied file, which had `total` statements; empty where nothing was
//         kept, and then nothing is told.
std::vector<std::string> DescribeDifference(std::span<const RecordedStatement> recorded, int total,
                                            const Migration& migration);

// The same of a file of which only the recorded statements have run.
std::vector<std::string> DescribeDifferenceInStart(std::span<const RecordedStatement> recorded,
                                                   const Migration& migration);

}  // namespace rung::migrate
