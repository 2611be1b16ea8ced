#include "cli/climb.h"
#include "cli/commands.h"

namespace rung::cli {

int RunUp(Program& program) { return Climb(program, {}); }

int RunMigrate(Program& program) { return Climb(program, {.backfills = false}); }

int RunBackfillCommand(Program& program) {
  if (program.options.finish) return RunFinish(program);
  const std::vector<std::string>& arguments = program.options.arguments;
  return Climb(program,
               {.migrations = false, .only_backfill = arguments.empty() ? "" : arguments.front()});
}

}  // namespace rung::cli
