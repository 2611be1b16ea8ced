#include "backfill/plan_backfill.h"

#include <fmt/format.h>

#include <algorithm>

#include "backfill/batch_check.h"
#include "core/error.h"
#include "fill/relation.h"
#include "fill/unique_source.h"

namespace rung::backfill {
namespace {

void PlanRelations(pg::Connection& connection, const fill::BackfillFile& file, size_t position,
                   std::vector<FillPlan>& plans) {
  const fill::Fill& fill = file.fills[position];
  for (const fill::Relation& relation : fill::ResolveFill(connection, fill)) {
    FillPlan plan = PlanFill(fill, position, relation, connection.server_version());
    try {
      CheckBatch(connection, fill, plan);
    } catch (const pg::ServerError& error) {
      throw core::Error(core::Failure::kFailed,
                        core::Problem{fill.place, fmt::format("{}: {}", plan.table, error.what()),
                                      error.Details()},
                        "nothing of this backfill was run",
                        fill::NextAfterRefusal(error, "correct the file and run it again"));
    }
    plans.push_back(std::move(plan));
  }
  // It may read both tables, so it comes after the question how they would be read.
  fill::RequireUniqueSource(connection, fill);
}

// One error of many, each next step once.
core::Error Together(const std::vector<core::Error>& refusals) {
  std::vector<core::Problem> problems;
  std::vector<std::string> next;
  for (const core::Error& refusal : refusals) {
    problems.insert(problems.end(), refusal.problems().begin(), refusal.problems().end());
    if (std::find(next.begin(), next.end(), refusal.next()) == next.end()) {
      next.push_back(refusal.next());
    }
  }
  return core::Error(core::Failure::kFailed, std::move(problems), refusals.front().state(),
                     fmt::format("{}", fmt::join(next, "; ")));
}

}  // namespace

std::vector<FillPlan> PlanBackfill(pg::Connection& connection, const fill::BackfillFile& file) {
  std::vector<FillPlan> plans;
  std::vector<core::Error> refusals;
  for (size_t position = 0; position < file.fills.size(); ++position) {
    connection.Exec("SAVEPOINT fill");
    try {
      PlanRelations(connection, file, position, plans);
    } catch (const core::Error& refusal) {
      refusals.push_back(refusal);
      connection.Exec("ROLLBACK TO SAVEPOINT fill");
    }
    connection.Exec("RELEASE SAVEPOINT fill");
  }
  if (!refusals.empty()) throw Together(refusals);
  return plans;
}

std::vector<FillDanger> ReadBackfillDangers(pg::Connection& connection,
                                            const fill::BackfillFile& file,
                                            const std::vector<FillPlan>& plans) {
  std::vector<FillDanger> dangers;
  for (size_t position = 0; position < file.fills.size(); ++position) {
    std::vector<fill::Relation> relations;
    for (const FillPlan& plan : plans) {
      if (plan.position == position) relations.push_back(plan.relation);
    }
    const fill::Fill& fill = file.fills[position];
    for (fill::Danger& danger : fill::ReadDangers(connection, fill, relations)) {
      dangers.push_back({position, fill.table, std::move(danger)});
    }
  }
  if (plans.empty()) return dangers;
  for (fill::Danger& danger : fill::ReadDatabaseDangers(connection)) {
    dangers.push_back({plans.front().position, "", std::move(danger)});
  }
  return dangers;
}

std::string Describe(const FillDanger& danger) {
  return danger.table.empty() ? danger.danger.text
                              : fmt::format("{}: {}", danger.table, danger.danger.text);
}

}  // namespace rung::backfill
