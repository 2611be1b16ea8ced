#include "cli/planner.h"

#include <fmt/format.h>

#include "fill/fill_sql.h"

namespace rung::cli {
namespace {

std::string WhatOf(const fill::Fill& fill) {
  return fmt::format("fill {}", fmt::join(fill::TargetColumns(fill), ", "));
}

const char* HowOf(const migrate::Migration& migration, const migrate::Unit& unit) {
  if (migration.IsOneTransaction()) return "one transaction";
  return unit.in_transaction ? "a transaction of its own" : "outside of a transaction";
}

// "page sweep (an ordinary table)", "key sweep by tenant, id (once = true)"
std::string HowOf(const backfill::FillPlan& plan) {
  std::string how = backfill::ToString(plan.sweep);
  if (plan.sweep == backfill::Sweep::kKey) how += " by " + backfill::KeyText(plan);
  return fmt::format("{} ({})", how, plan.why_sweep);
}

}  // namespace

void Planner::AddMigration(const migrate::PendingMigration& pending) {
  const migrate::Migration& migration = *pending.migration;
  if (migration.statements.empty()) {
    PlanStep step;
    step.rung = migration.Label();
    step.what = "(no statements)";
    step.how = "one transaction";
    step.place = migration.path;
    steps_.push_back(std::move(step));
  }
  for (const migrate::Unit& unit : migration.units) {
    for (size_t i = unit.begin; i < unit.end; ++i) {
      if (static_cast<int>(i) >= pending.statements_done) AddStatement(migration, unit, i);
    }
  }
}

void Planner::AddStatement(const migrate::Migration& migration, const migrate::Unit& unit,
                           size_t i) {
  const sql::Statement& statement = migration.statements[i];
  migrate::StatementPlan plan = statements_.Plan(migration, i);
  PlanStep step;
  step.rung = migration.Label();
  step.what = std::string(statement.head);
  if (!plan.locks.empty()) step.lock = sql::ToString(plan.locks.front().mode);
  step.table = plan.table;
  step.rows = plan.rows;
  step.bytes = plan.bytes;
  step.does = sql::ToString(plan.work);
  step.how = HowOf(migration, unit);
  step.why = plan.why;
  step.place = fmt::format("{}:{}", migration.path, statement.head_line);
  step.in_transaction = unit.in_transaction;
  step.is_new = plan.is_new;
  step.is_certain = plan.is_certain;
  step.locks = std::move(plan.locks);
  steps_.push_back(std::move(step));
}

void Planner::AddFillToCome(const fill::BackfillFile& file, const fill::Fill& fill) {
  PlanStep step;
  step.rung = file.Label();
  step.what = WhatOf(fill);
  step.lock = sql::ToString(sql::LockMode::kRowExclusive);
  step.table = fill.table;
  step.does = "fills rows";
  step.how = "after its migration";
  step.place = fill.place;
  step.locks = {{fill.table, sql::LockMode::kRowExclusive}};
  step.is_new = statements_.IsNew(fill.table);
  const auto size = step.is_new ? std::nullopt : migrate::ReadTableSize(connection_, fill.table);
  if (size) {
    step.rows = size->rows;
    step.bytes = size->bytes;
  }
  steps_.push_back(std::move(step));
}

void Planner::AddBackfill(const fill::BackfillFile& file, bool is_reachable) {
  if (!is_reachable) {
    for (const fill::Fill& fill : file.fills) AddFillToCome(file, fill);
    return;
  }
  const std::vector<backfill::FillPlan> plans = backfill::PlanBackfill(connection_, file);
  std::vector<backfill::FillDanger> dangers =
      backfill::ReadBackfillDangers(connection_, file, plans);
  for (const backfill::FillPlan& plan : plans) {
    PlanStep step;
    step.rung = file.Label();
    step.what = WhatOf(file.fills[plan.position]);
    step.lock = sql::ToString(sql::LockMode::kRowExclusive);
    step.table = plan.table;
    step.rows = static_cast<int64_t>(plan.relation.rows_estimate);
    step.bytes = plan.relation.bytes;
    step.does = "fills rows";
    step.how = HowOf(plan);
    step.place = plan.place;
    step.locks = {{plan.table, sql::LockMode::kRowExclusive}};
    // Of a table with several relations the first has them all.
    for (backfill::FillDanger& danger : dangers) {
      if (danger.position != plan.position || danger.danger.kind.empty()) continue;
      step.warnings.push_back(
          {std::exchange(danger.danger.kind, ""), danger.table, std::move(danger.danger.text)});
    }
    steps_.push_back(std::move(step));
  }
}

}  // namespace rung::cli
