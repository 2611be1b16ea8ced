// The way up the ladder that `up`, `migrate` and `backfill` share.
#pragma once

#include "cli/program.h"

namespace rung::cli {

struct ClimbLimits {
  bool migrations = true;
  bool backfills = true;
  std::string only_backfill = {};  // a number or a name; empty: all
};

// Locks, plans, applies what is pending, releases the lock for a backfill, and plans again, until
// nothing within the limits is left.
// Returns an exit status. Errors: core::Error.
int Climb(Program& program, const ClimbLimits& limits);

}  // namespace rung::cli
