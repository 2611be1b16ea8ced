// A stand-in for Clerk that may be wiped, and a directory to do it from.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "support/clerk.h"
#include "support/project.h"

namespace rung::test {

class ClerkProject {
 public:
  // Shape:  settings of the stand-in. rung.conf has a section [test] that allows the wipe of it, as an
  //         instance for development.
  explicit ClerkProject(const std::string& settings = R"({"organizations": 5, "users": 8})");

  // "rung wipe clerk --environment test …"
  Command Wipe(std::vector<std::string> further = {}) const;

  // The same, confirmed as a pipeline does.
  Command Confirmed(std::vector<std::string> further = {}) const;

  void WriteConf(const std::string& section) const { directory.Write("rung.conf", section); }

  nlohmann::json State() const { return nlohmann::json::parse(clerk.State()); }

  // Every request so far, oldest first.
  nlohmann::json Requests() const { return State()["requests"]; }

  // How many organizations and users are there: "5 8".
  std::string Left() const;

  // Requests that begin with this: "DELETE /v1/users".
  size_t Asked(const std::string& beginning) const;

  // The export files' lines.
  std::vector<nlohmann::json> Exported() const;

  // With the names of files and the address masked.
  std::string Shown(std::string text) const;

  ClerkStandIn clerk;
  TempDirectory directory;
};

}  // namespace rung::test
