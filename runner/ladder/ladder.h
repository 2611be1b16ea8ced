// Migrations and backfills as the rungs of one ladder: migration N, then backfill N, then N+1. A
// migration above an unfinished backfill does not run. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backfill/ledger.h"
#include "core/version.h"
#include "fill/backfill_file.h"
#include "migrate/migration_plan.h"

namespace rung::ladder {

enum class Kind { kMigration, kBackfill };

struct Rung {
  Kind kind = Kind::kMigration;
  core::Version version;
  std::string label;  // "024_add_clerk_org_id"
  size_t index = 0;   // of the migration or the backfill in its list
  bool is_done = false;
};

// What the plan is made from; every list lowest version first.
struct Ladder {
  const std::vector<migrate::Migration>& migrations;
  const std::vector<migrate::PendingMigration>& pending;
  const std::vector<fill::BackfillFile>& backfills;
  const std::vector<backfill::BackfillRow>& backfill_rows;
};

// All rungs, lowest first, up to and including `to` if it is given.
std::vector<Rung> PlanLadder(const Ladder& ladder, const std::optional<core::Version>& to);

// The first backfill that is not done with a pending migration somewhere above it.
const Rung* FindGate(const std::vector<Rung>& rungs);

// True where every migration up to this backfill is applied.
bool IsReachable(const std::vector<Rung>& rungs, const Rung& backfill);

}  // namespace rung::ladder
