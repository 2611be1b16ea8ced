// What is pending, rung by rung, made into the lines of `rung plan`. Reads only.
#pragma once

#include <vector>

#include "backfill/plan_backfill.h"
#include "cli/plan_step.h"
#include "fill/backfill_file.h"
#include "migrate/migration_plan.h"
#include "migrate/statement_plan.h"
#include "pg/connection.h"

namespace rung::cli {

class Planner {
 public:
  explicit Planner(pg::Connection& connection) : connection_(connection), statements_(connection) {}

  // Those of its statements that are still to run.
  void AddMigration(const migrate::PendingMigration& pending);

  // One line for each relation of each fill. Where its migration is still pending (not reachable)
  // the server cannot check the fill yet: what is known is told.
  // Tx:     needs an open transaction.
  // Errors: see backfill::PlanBackfill.
  void AddBackfill(const fill::BackfillFile& file, bool is_reachable);

  const std::vector<PlanStep>& steps() const { return steps_; }

 private:
  void AddStatement(const migrate::Migration& migration, const migrate::Unit& unit, size_t i);
  void AddFillToCome(const fill::BackfillFile& file, const fill::Fill& fill);

  pg::Connection& connection_;
  migrate::StatementPlanner statements_;
  std::vector<PlanStep> steps_;
};

}  // namespace rung::cli
