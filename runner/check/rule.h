// The rules: one table with the name, the weight and the reason of each. What they look for is in
// the *_rules.cc of their families.
#pragma once

#include <span>
#include <string_view>

namespace rung::check {

enum class Severity {
  kWarning,  // works, and is likely to be regretted
  kError,    // fails, loses or exposes data, or stops the application while it runs
};

const char* ToString(Severity severity);

enum class Pack { kGeneral, kSupabase };

struct Rule {
  std::string_view name;  // kebab-case; squawk's or splinter's where they have it
  Severity severity;
  Pack pack;
  std::string_view summary;  // what it finds
  std::string_view why;
  std::string_view instead;
};

std::span<const Rule> Rules();

// nullptr where there is none of this name.
const Rule* FindRule(std::string_view name);

}  // namespace rung::check
