#include "migrate/repair.h"

#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/exit_status.h"
#include "cli/locked.h"
#include "core/error.h"
#include "core/visible.h"
#include "migrate/supabase_history.h"
#include "pg/preflight.h"

namespace rung::cli {
namespace {

core::Version RequireVersion(const std::string& text) {
  if (const auto version = core::Version::Parse(text)) return *version;
  throw core::Error(core::Failure::kUsage,
                    core::Problem{"", fmt::format("\"{}\" is not a number", text), {}},
                    "nothing was touched", "give the number of a migration");
}

migrate::RepairRequest ReadRequest(const Options& options) {
  migrate::RepairRequest request{.all = options.all,
                                 .accept = {},
                                 .forget = options.forget,
                                 .mark_done = options.mark_done,
                                 .mark_undone = options.mark_undone};
  for (const std::string& argument : options.arguments) {
    request.accept.push_back(RequireVersion(argument));
  }
  return request;
}

core::Error NothingChosen() {
  return core::Error(core::Failure::kUsage, core::Problem{"", "nothing was chosen", {}},
                     "nothing was changed",
                     "name what is meant to be so, as above, or every change with --all");
}

}  // namespace

int RunRepair(Program& program) {
  const migrate::RepairRequest request = ReadRequest(program.options);
  const auto migrations = migrate::ReadMigrations(program.options.migrations);
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  pg::RequireWritable(pg::ReadServerFacts(connection), target.description);

  const migrate::FoundHistory found = migrate::FindHistory(connection, program.schema, migrations);
  const migrate::RepairPlan plan = migrate::PlanRepair(migrations, found, request);
  if (plan.findings.empty()) {
    program.console.WriteResult("nothing to repair\n");
    return kExitDone;
  }
  program.console.WriteResult(plan.Text());
  if (plan.steps.empty()) throw NothingChosen();
  if (!Confirm(program, plan.steps.size() == 1
                            ? std::string("Repair this?")
                            : fmt::format("Repair these {}?", plan.steps.size()))) {
    program.events.Emit(core::Notice{core::Notice::Level::kInfo, "nothing was changed"});
    return kExitUnfinished;
  }

  // The lock is not held while a person thinks, so all is looked at once more.
  std::optional<pg::RunLock> lock;
  TakeRunLock(program, target, lock);
  EnsureOwnTables(program, connection);
  const migrate::FoundHistory now = migrate::FindHistory(connection, program.schema, migrations);
  const migrate::RepairPlan again = migrate::PlanRepair(migrations, now, request);
  if (again.Text() != plan.Text()) {
    throw core::Error(core::Failure::kFailed,
                      core::Problem{"", "the history has changed since the question", {}},
                      "nothing was changed", "run it again");
  }
  if (program.options.record_supabase) migrate::EnsureSupabaseHistory(connection);
  lock->RequireHeld();
  migrate::ApplyRepair(WriterOf(program, connection), again.steps);
  for (const migrate::RepairStep& step : again.steps) {
    program.events.Emit(core::Notice{core::Notice::Level::kInfo, step.label + ": repaired"});
  }
  return kExitDone;
}

}  // namespace rung::cli
