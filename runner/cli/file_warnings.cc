#include "cli/file_warnings.h"

#include "migrate/migration_plan.h"

namespace rung::cli {

void WarnOfChangedForm(const Program& program, const std::vector<migrate::Migration>& migrations,
                       const std::vector<migrate::HistoryRow>& history) {
  for (std::string& line : migrate::DescribeChangesOfForm(migrations, history)) {
    program.events.Emit(core::Notice{core::Notice::Level::kWarning, std::move(line)});
  }
}

}  // namespace rung::cli
