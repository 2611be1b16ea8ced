// Who runs this program, where, and on whose behalf: what the audit trail keeps.
#pragma once

#include <string>

namespace rung::core {

struct Actor {
  std::string os_user;
  std::string host;
  int pid = 0;
  std::string tool_version;
  std::string git_commit;  // empty outside of a pipeline
  std::string ci_run_url;  // empty outside of a pipeline
};

}  // namespace rung::core
