// All steps towards rung's own tables, from the rooms that own them.
#pragma once

#include <vector>

#include "pg/own_schema.h"

namespace rung::cli {

std::vector<pg::OwnStep> AllOwnSteps();

}  // namespace rung::cli
