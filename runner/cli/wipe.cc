#include <fmt/format.h>

#include "cli/commands.h"
#include "core/error.h"

namespace rung::cli {

int RunWipe(Program& program) {
  const auto& arguments = program.options.arguments;
  const std::string kind = arguments.empty() ? "" : arguments.front();
  if (kind == "database") return RunWipeDatabase(program);
  if (kind == "clerk") return RunWipeClerk(program);
  throw core::Error(
      core::Failure::kUsage,
      core::Problem{
          "", kind.empty() ? "what is to be wiped?" : fmt::format("no `wipe {}`", kind), {}},
      "nothing was touched", "say `rung wipe database` or `rung wipe clerk`");
}

}  // namespace rung::cli
