// What a wipe would empty, as a person reads it. Pure.
#pragma once

#include <string>

#include "reset/wipe_plan.h"

namespace rung::cli {

// Shape:  `target` is the database as its description has it, `reference` what is typed for it.
std::string TextOf(const reset::WipePlan& plan, const std::string& target,
                   const std::string& reference);

}  // namespace rung::cli
