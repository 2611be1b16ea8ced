// A real PgBouncer between the program and the server, on a Unix socket of its own.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/project.h"

namespace rung::test {

class PgBouncer {
 public:
  // Starts it and waits until it answers for this database.
  // Shape:  pool_mode is "session", "transaction" or "statement".
  PgBouncer(const std::string& pool_mode, const TestDatabase& database);

  // What a process needs to go through it.
  std::vector<std::string> environment() const;

  // Its log, for a failure's message.
  std::string Log() const;

 private:
  TempDirectory directory_;
  std::unique_ptr<Process> process_;
};

}  // namespace rung::test
