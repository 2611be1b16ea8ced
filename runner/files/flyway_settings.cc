#include "files/flyway_settings.h"

#include <fmt/format.h>

#include <fstream>

namespace rung::files {
namespace {

std::string Trimmed(const std::string& text) {
  const char* blanks = " \t\r";
  const size_t first = text.find_first_not_of(blanks);
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

FlywaySettings ReadFlywaySettings(const std::filesystem::path& migration,
                                  std::vector<core::Problem>& problems) {
  FlywaySettings settings;
  const std::string path = migration.string() + ".conf";
  std::ifstream in(path);
  int number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    const std::string line = Trimmed(text);
    if (line.empty() || line.starts_with('#')) continue;
    const size_t equals = line.find('=');
    const std::string key = Trimmed(line.substr(0, equals));
    const std::string value = equals == std::string::npos ? "" : Trimmed(line.substr(equals + 1));
    if (key == "executeInTransaction" && (value == "true" || value == "false")) {
      settings.in_transaction = value == "true";
      continue;
    }
    problems.push_back({fmt::format("{}:{}", path, number),
                        fmt::format("`{}` has no meaning here; known: executeInTransaction=true, "
                                    "executeInTransaction=false",
                                    line),
                        {}});
  }
  return settings;
}

}  // namespace rung::files
