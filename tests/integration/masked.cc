#include "integration/masked.h"

#include <regex>

namespace rung::test {

std::string Masked(const Project& project, std::string text) {
  const std::string& database = project.database.name();
  const std::pair<std::string, std::string> masks[] = {
      {project.directory.path().string(), "<dir>"},
      {"[^ @\n]+@[^@\n]*:[0-9]+/" + database, "<target>"},
      {database, "<database>"},
      {R"(connection to server (at "[^"]*"( \([^)]*\))?, port \d+|on socket "[^"]*") failed)",
       "connection to <server> failed"},
      {R"(pid \d+ \(([^,]*), user [^,]*, from [^,]*, since)", "pid <pid> ($1, <from>, since"},
      {R"(pg_terminate_backend\(\d+\))", "pg_terminate_backend(<pid>)"},
      {R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d(:\d\d)?)", "<time>"},
      {R"(\d+ (ms\b|min \d+ s\b)|\d+\.\d s\b)", "<duration>"},
      {R"(\b[0-9a-f]{64}\b)", "<sha256>"},
      {R"([^\n]* \[[#.]{20}\] [^\n]*\n)", ""},
      {R"([^\n]*: \d+/\d+ (running|waits) for [^\n]*\n)", ""},
  };
  for (const auto& [pattern, replacement] : masks) {
    text = std::regex_replace(text, std::regex(pattern), replacement);
  }
  return text;
}

}  // namespace rung::test
