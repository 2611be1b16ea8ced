#include "cli/setting_value.h"

#include <charconv>
#include <sstream>

#include "core/quantity.h"

namespace rung::cli {

using std::chrono::milliseconds;

core::Error Refused(std::string where, std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(what), {}},
                     "nothing was touched", std::move(next));
}

int ParseWhole(const std::string& place, const std::string& text, int least, int most) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < least || value > most) {
    throw Refused(place,
                  fmt::format("\"{}\" is not a whole number from {} to {}", text, least, most),
                  "give it one");
  }
  return value;
}

milliseconds RequireDuration(const std::string& place, const std::string& text) {
  const auto duration = core::ParseDuration(text);
  if (!duration) {
    throw Refused(place, fmt::format("\"{}\" is not a time", text),
                  "write 8m, 90s, 1h30m or 250ms");
  }
  return *duration;
}

std::vector<core::Version> RequireVersions(const std::string& place, const std::string& text) {
  std::vector<core::Version> versions;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ',');) {
    const auto version = core::Version::Parse(part);
    if (!version) {
      throw Refused(place, fmt::format("\"{}\" is not a number", part),
                    "give the numbers of migrations, parted by commas");
    }
    versions.push_back(*version);
  }
  return versions;
}

}  // namespace rung::cli
