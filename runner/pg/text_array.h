// A text[] parameter, in the form that the server reads.
#pragma once

#include <string>

#include "pg/connection.h"

namespace rung::pg {

// Shape:  NULL is nullopt: {"a","b\"c",NULL}.
std::string TextArray(const Params& elements);

}  // namespace rung::pg
