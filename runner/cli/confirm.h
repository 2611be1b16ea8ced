// A question to the person at the terminal.
#pragma once

#include <string>

#include "cli/program.h"

namespace rung::cli {

// True with --yes, or when the answer is yes.
// Errors: core::Error: kUsage without a terminal; kInterrupted when stopped.
bool Confirm(Program& program, const std::string& question);

}  // namespace rung::cli
