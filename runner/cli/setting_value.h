// A setting's text as the value that it stands for, or the error that names the place of the text:
// "--jobs", "RUNG_JOBS" or "rung.conf: jobs". Knows no setting by name.
#pragma once

#include <fmt/format.h>

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "core/version.h"

namespace rung::cli {

// A usage error, before anything was touched.
core::Error Refused(std::string where, std::string what, std::string next);

// Errors: core::Error (kUsage), here and below.
std::chrono::milliseconds RequireDuration(const std::string& place, const std::string& text);

// Shape:  from `least` to `most`, both included.
int ParseWhole(const std::string& place, const std::string& text, int least, int most);

// "024" or "024,025".
std::vector<core::Version> RequireVersions(const std::string& place, const std::string& text);

template <typename Value>
Value RequireOneOf(const std::string& place, const std::string& text,
                   std::initializer_list<std::pair<const char*, Value>> known) {
  std::vector<std::string> names;
  for (const auto& [name, value] : known) {
    if (text == name) return value;
    names.emplace_back(name);
  }
  throw Refused(place, fmt::format("\"{}\" is not known", text),
                fmt::format("use {}", fmt::join(names, ", ")));
}

}  // namespace rung::cli
