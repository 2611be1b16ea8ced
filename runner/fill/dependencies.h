// Which fills of a backfill wait for which others. Pure.
#pragma once

#include <cstddef>
#include <vector>

#include "fill/backfill_file.h"

namespace rung::fill {

// For each fill the positions of the fills of the same file that set a column which it reads: it
// waits for them. Tables are compared as they are written.
// Errors: core::Error (kUsage) when fills wait for each other.
std::vector<std::vector<size_t>> FindDependencies(const BackfillFile& file);

}  // namespace rung::fill
