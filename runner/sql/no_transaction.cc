#include "sql/no_transaction.h"

#include <algorithm>

namespace rung::sql {
namespace {

constexpr std::string_view kBlanks = " \t\r\f";

std::string_view Trimmed(std::string_view text, std::string_view what = kBlanks) {
  text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
  const size_t last = text.find_last_not_of(kBlanks);
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

bool IsDirective(std::string_view line) {
  if (line == "---- tern: disable-tx ----") return true;
  if (line.starts_with("--!")) return Trimmed(line.substr(3)) == "no-transaction";
  const std::string_view words = Trimmed(line, "- \t");
  for (const auto& [name, value] :
       {std::pair<std::string_view, std::string_view>{"rung:", "no-transaction"},
        {"atlas:txmode", "none"}}) {
    if (words.starts_with(name)) return Trimmed(words.substr(name.size())) == value;
  }
  return false;
}

}  // namespace

bool AsksForNoTransaction(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = Trimmed(text.substr(at, end - at));
    at = end + 1;
    if (line.empty()) continue;
    if (!line.starts_with("--")) return false;
    if (IsDirective(line)) return true;
  }
  return false;
}

}  // namespace rung::sql
