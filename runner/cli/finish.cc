#include <fmt/format.h>

#include "backfill/control.h"
#include "backfill/guard.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "core/error.h"
#include "pg/preflight.h"

namespace rung::cli {

int RunFinish(Program& program) {
  const Options& options = program.options;
  if (options.arguments.empty()) {
    throw core::Error(core::Failure::kUsage, core::Problem{"--finish", "which backfill?", {}},
                      "nothing was changed", "name it, as in `rung backfill 024 --finish`");
  }
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  pg::RequireWritable(pg::ReadServerFacts(connection), target.description);
  const auto rows = backfill::ReadBackfillRows(connection, program.schema);
  const backfill::BackfillRow& row = backfill::FindBackfill(rows, options.arguments.front());
  const std::string label = row.version.text() + "_" + row.name;
  const auto tell = [&](core::Notice::Level level, const std::string& text) {
    program.events.Emit(core::Notice{level, label + ": " + text});
  };
  if (!row.IsComplete()) {
    tell(core::Notice::Level::kWarning,
         "is not complete, its guards stay: `rung status` says how far it is");
    return kExitUnfinished;
  }
  const int removed =
      backfill::RemoveGuards(connection, {program.schema,
                                          program.actor,
                                          program.events,
                                          {options.lock_timeout, options.lock_patience},
                                          program.stop,
                                          row.version,
                                          label});
  tell(core::Notice::Level::kInfo,
       removed == 0 ? "no guard is installed"
                    : fmt::format("{} guard{} removed", removed, removed == 1 ? "" : "s"));
  return kExitDone;
}

}  // namespace rung::cli
