// The lines of `rung plan` for people and for machines. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/plan_step.h"

namespace rung::cli {

// A table, its long statements cut, and below it one with the warnings.
std::string PlanText(const std::vector<PlanStep>& steps);

std::string PlanCsv(const std::vector<PlanStep>& steps);

// See docs/formats.md.
std::string PlanJson(const std::vector<PlanStep>& steps);

}  // namespace rung::cli
