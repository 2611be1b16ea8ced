#include "core/quantity.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

namespace rung::core {
namespace {

// The number that the text begins with, and the text behind it.
std::optional<int64_t> TakeNumber(std::string_view& text) {
  constexpr int64_t kMost = 1'000'000'000'000;
  int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number < 0 || number > kMost) return std::nullopt;
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  return number;
}

}  // namespace

std::optional<std::chrono::milliseconds> ParseDuration(std::string_view text) {
  constexpr std::pair<std::string_view, int64_t> kUnits[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  constexpr int64_t kMostOfAUnit = 1'000'000;
  int64_t total = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const auto number = TakeNumber(text);
    if (!number || *number > kMostOfAUnit) return std::nullopt;
    const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const auto& known) {
      return text.starts_with(known.first);
    });
    if (unit == std::end(kUnits)) return std::nullopt;
    total += *number * unit->second;
    text.remove_prefix(unit->first.size());
  }
  return std::chrono::milliseconds(total);
}

std::optional<int64_t> ParseBytes(std::string_view text) {
  constexpr std::pair<std::string_view, int> kUnits[] = {{"", 0},    {"B", 0},   {"kB", 10},
                                                         {"MB", 20}, {"GB", 30}, {"TB", 40}};
  const auto number = TakeNumber(text);
  const auto* unit = std::find_if(std::begin(kUnits), std::end(kUnits),
                                  [&](const auto& known) { return text == known.first; });
  if (!number || unit == std::end(kUnits) || *number > (int64_t{1} << (62 - unit->second))) {
    return std::nullopt;
  }
  return *number << unit->second;
}

}  // namespace rung::core
