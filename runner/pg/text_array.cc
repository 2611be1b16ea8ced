#include "pg/text_array.h"

namespace rung::pg {

std::string TextArray(const Params& elements) {
  std::string array = "{";
  for (const std::optional<std::string>& element : elements) {
    if (array.size() > 1) array += ',';
    if (!element) {
      array += "NULL";
      continue;
    }
    array += '"';
    for (char c : *element) {
      if (c == '"' || c == '\\') array += '\\';
      array += c;
    }
    array += '"';
  }
  return array + "}";
}

}  // namespace rung::pg
