#include "core/version.h"

#include <algorithm>

namespace rung::core {
namespace {

constexpr std::string_view kSeparators = "._";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Takes the first part off, without its leading zeros: a part that is not there is a zero.
std::string_view TakePart(std::string_view& text) {
  std::string_view part = text.substr(0, text.find_first_of(kSeparators));
  text.remove_prefix(std::min(part.size() + 1, text.size()));
  part.remove_prefix(std::min(part.find_first_not_of('0'), part.size()));
  return part;
}

}  // namespace

std::optional<Version> Version::Parse(std::string_view text) {
  bool is_after_digit = false;
  for (char c : text) {
    if (!IsDigit(c) && !(is_after_digit && kSeparators.find(c) != std::string_view::npos)) {
      return std::nullopt;
    }
    is_after_digit = IsDigit(c);
  }
  if (!is_after_digit) return std::nullopt;
  return Version(std::string(text));
}

Version Version::Next() const {
  std::string next = text_;
  size_t at = next.size();
  for (; at > 0 && IsDigit(next[at - 1]); --at) {
    if (next[at - 1] != '9') {
      ++next[at - 1];
      return Version(next);
    }
    next[at - 1] = '0';
  }
  return Version(next.insert(at, "1"));
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  std::string_view mine = text_;
  std::string_view theirs = other.text_;
  while (!mine.empty() || !theirs.empty()) {
    const std::string_view part = TakePart(mine);
    const std::string_view other_part = TakePart(theirs);
    if (part.size() != other_part.size()) return part.size() <=> other_part.size();
    if (const int order = part.compare(other_part); order != 0) return order <=> 0;
  }
  return std::strong_ordering::equal;
}

}  // namespace rung::core
