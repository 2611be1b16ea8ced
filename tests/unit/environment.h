// The process's environment without anything that names a database; as it was again at the end.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <map>
#include <string>

namespace rung::test {

class CleanEnvironment {
 public:
  CleanEnvironment() : before_(Read()) { Clear(); }
  ~CleanEnvironment() {
    Clear();
    for (const auto& [name, value] : before_) setenv(name.c_str(), value.c_str(), 1);
  }
  CleanEnvironment(const CleanEnvironment&) = delete;
  CleanEnvironment& operator=(const CleanEnvironment&) = delete;

 private:
  static std::map<std::string, std::string> Read() {
    std::map<std::string, std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
      const std::string text = *variable;
      const size_t equals = text.find('=');
      if (text.starts_with("PG")) variables[text.substr(0, equals)] = text.substr(equals + 1);
    }
    return variables;
  }

  static void Clear() {
    for (const auto& [name, value] : Read()) unsetenv(name.c_str());
  }

  const std::map<std::string, std::string> before_;
};

}  // namespace rung::test
