// What a script of TRUNCATE statements empties. Pure.
#pragma once

#include <string_view>
#include <variant>
#include <vector>

#include "sql/bare_statement.h"
#include "sql/segments.h"

namespace rung::sql {

struct Truncation {
  std::vector<ObjectName> tables;  // as written, each once, in order
};

// Shape:  UTF-8 without NUL. TRUNCATE … RESTART IDENTITY, once or more, with or without CASCADE, and a
//         transaction block around them; anything else is a Fault with its line.
std::variant<Truncation, Fault> ReadTruncation(std::string_view script);

}  // namespace rung::sql
