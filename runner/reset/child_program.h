// Another program, run to its end: pg_dump and pg_restore.
#pragma once

#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace rung::reset {

struct ChildResult {
  int status = 0;  // 128 + signal where a signal ended it; 127 where there is no such program
  std::string out;
  std::string err;
};

// Found by PATH, run without a shell, with nothing on its standard input; files that it makes are its
// owner's alone. A stop ends it by SIGTERM.
// Shape:  variables are set beside the program's own environment: what is secret belongs there.
ChildResult RunChild(const std::vector<std::string>& words,
                     const std::vector<std::pair<std::string, std::string>>& variables,
                     const std::stop_token& stop);

}  // namespace rung::reset
