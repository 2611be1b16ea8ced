#include "backfill/run_backfill.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/file_warnings.h"
#include "cli/plan_text.h"
#include "cli/planner.h"
#include "core/error.h"
#include "ladder/ladder.h"
#include "pg/transaction.h"

namespace rung::cli {
namespace {

std::vector<PlanStep> ReadSteps(const Program& program, pg::Connection& connection,
                                const std::vector<migrate::Migration>& migrations,
                                const std::vector<fill::BackfillFile>& files) {
  const pg::Transaction transaction(connection, {.rows_are_all_visible = true, .read_only = true});
  const auto history = migrate::ReadHistory(connection, program.schema, migrations);
  WarnOfChangedForm(program, migrations, history);
  const auto pending = migrate::PlanMigrations(
      migrations, history,
      program.options.allow_late ? migrate::LateFiles::kAllowed : migrate::LateFiles::kRefused);
  const auto rows = backfill::ReadBackfillRows(connection, program.schema);
  for (const fill::BackfillFile& file : files) backfill::RequireUnchanged(file, rows);
  const auto rungs = ladder::PlanLadder({migrations, pending, files, rows}, program.options.to);

  Planner planner(connection);
  auto next = pending.begin();
  for (const ladder::Rung& rung : rungs) {
    if (rung.is_done) continue;
    if (rung.kind == ladder::Kind::kMigration) {
      planner.AddMigration(*next++);
    } else {
      planner.AddBackfill(files[rung.index], ladder::IsReachable(rungs, rung));
    }
  }
  return planner.steps();
}

}  // namespace

int RunPlan(Program& program) {
  const auto migrations = migrate::ReadMigrations(program.options.migrations);
  const auto files = ReadBackfills(program);
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);

  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  std::vector<PlanStep> steps;
  try {
    steps = ReadSteps(program, connection, migrations, files);
  } catch (const std::exception&) {
    if (!program.stop.stop_requested()) throw;
    throw core::Error(core::Failure::kInterrupted, core::Problem{"", "interrupted", {}},
                      "a plan changes nothing", "run it again");
  }
  switch (program.options.format) {
    case Format::kTable:
      program.console.WriteResult(steps.empty() ? "nothing to do: the ladder is climbed\n"
                                                : PlanText(steps));
      break;
    case Format::kJson:
      program.console.WriteResult(PlanJson(steps));
      break;
    case Format::kCsv:
      program.console.WriteResult(PlanCsv(steps));
      break;
  }
  return kExitDone;
}

}  // namespace rung::cli
