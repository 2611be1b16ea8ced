// What the parser says of a text that is not SQL.
#pragma once

#include <cstddef>
#include <string>

namespace rung::sql {

struct SyntaxError {
  std::string message;
  size_t offset = 0;  // bytes from the start of the text
};

}  // namespace rung::sql
