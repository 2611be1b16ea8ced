#include "core/visible.h"

#include <cstdio>

#include "core/utf8.h"

namespace rung::core {
namespace {

std::string Escape(unsigned char byte) {
  char escape[5];
  std::snprintf(escape, sizeof escape, "\\x%02X", static_cast<unsigned>(byte));
  return escape;
}

}  // namespace

std::string Visible(std::string_view text) {
  std::string visible;
  while (!text.empty()) {
    const auto first = static_cast<unsigned char>(text[0]);
    size_t length = CharacterLength(text);
    if (length == 0) {
      visible += Escape(first);
      length = 1;
    } else if (first < 0x20 || first == 0x7F) {
      visible += Escape(first);
    } else if (first == 0xC2 && static_cast<unsigned char>(text[1]) < 0xA0) {
      visible += Escape(static_cast<unsigned char>(text[1]));
    } else {
      visible += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return visible;
}

}  // namespace rung::core
