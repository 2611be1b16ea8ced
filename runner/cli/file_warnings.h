// What is told of files that are not quite as they were applied.
#pragma once

#include <vector>

#include "cli/program.h"
#include "migrate/history.h"

namespace rung::cli {

// A warning for each file of which comments, white space or line ends alone have changed.
void WarnOfChangedForm(const Program& program, const std::vector<migrate::Migration>& migrations,
                       const std::vector<migrate::HistoryRow>& history);

}  // namespace rung::cli
