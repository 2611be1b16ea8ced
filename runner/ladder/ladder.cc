#include "ladder/ladder.h"

#include <algorithm>

namespace rung::ladder {

std::vector<Rung> PlanLadder(const Ladder& ladder, const std::optional<core::Version>& to) {
  std::vector<Rung> rungs;
  for (size_t i = 0; i < ladder.migrations.size(); ++i) {
    const migrate::Migration& migration = ladder.migrations[i];
    const bool is_pending = std::any_of(
        ladder.pending.begin(), ladder.pending.end(),
        [&](const migrate::PendingMigration& pending) { return pending.migration == &migration; });
    rungs.push_back({Kind::kMigration, migration.version, migration.Label(), i, !is_pending});
  }
  for (size_t i = 0; i < ladder.backfills.size(); ++i) {
    const fill::BackfillFile& file = ladder.backfills[i];
    const bool is_complete = std::any_of(
        ladder.backfill_rows.begin(), ladder.backfill_rows.end(),
        [&](const auto& row) { return row.version == file.version && row.IsComplete(); });
    rungs.push_back({Kind::kBackfill, file.version, file.Label(), i, is_complete});
  }
  std::stable_sort(rungs.begin(), rungs.end(), [](const Rung& a, const Rung& b) {
    return a.version != b.version ? a.version < b.version : a.kind < b.kind;
  });
  if (to) std::erase_if(rungs, [&](const Rung& rung) { return rung.version > *to; });
  return rungs;
}

const Rung* FindGate(const std::vector<Rung>& rungs) {
  const auto is_open = [](Kind kind) {
    return [kind](const Rung& rung) { return rung.kind == kind && !rung.is_done; };
  };
  const auto gate = std::find_if(rungs.begin(), rungs.end(), is_open(Kind::kBackfill));
  if (gate == rungs.end()) return nullptr;
  return std::any_of(gate, rungs.end(), is_open(Kind::kMigration)) ? &*gate : nullptr;
}

bool IsReachable(const std::vector<Rung>& rungs, const Rung& backfill) {
  return std::none_of(rungs.begin(), rungs.end(), [&](const Rung& rung) {
    return rung.kind == Kind::kMigration && !rung.is_done && rung.version <= backfill.version;
  });
}

}  // namespace rung::ladder
