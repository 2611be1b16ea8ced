// A question to the person at the terminal.
#pragma once

#include <string>

#include "cli/program.h"

namespace rung::cli {

// True with --yes, or when the answer is yes.
// Errors: core::Error: kUsage without a terminal; kInterrupted when stopped.
bool Confirm(Program& program, const std::string& question);

// For what cannot be taken back: returns when exactly this text is typed at the terminal, or given with
// --yes --confirm TEXT. It is not shown.
// Shape:  `what` is "the project reference".
// Errors: core::Error: kUsage: another text, no terminal, --yes without --confirm; kInterrupted.
void RequireTyped(Program& program, const std::string& what, const std::string& expected);

}  // namespace rung::cli
