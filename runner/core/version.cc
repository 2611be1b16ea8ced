#include "core/version.h"

#include <algorithm>

namespace rung::core {

std::optional<Version> Version::Parse(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  for (char c : digits) {
    if (c < '0' || c > '9') return std::nullopt;
  }
  return Version(std::string(digits));
}

std::string_view Version::Significant() const {
  const size_t first = text_.find_first_not_of('0');
  return first == std::string::npos ? std::string_view() : std::string_view(text_).substr(first);
}

Version Version::Next() const {
  std::string next = text_;
  for (auto digit = next.rbegin(); digit != next.rend(); ++digit) {
    if (*digit != '9') {
      ++*digit;
      return Version(next);
    }
    *digit = '0';
  }
  return Version("1" + next);
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  const std::string_view mine = Significant();
  const std::string_view theirs = other.Significant();
  if (mine.size() != theirs.size()) return mine.size() <=> theirs.size();
  return mine.compare(theirs) <=> 0;
}

}  // namespace rung::core
