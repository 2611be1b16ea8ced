// Holds statements of other sessions at a place until the test lets them go on.
#pragma once

#include <string>

#include "support/database.h"

namespace rung::test {

// SQL calls `wait_at_gate()`: it returns at once while the gate is open, and waits, without a lock
// that a lock_timeout could see, while it is closed.
class Gate {
 public:
  // Makes the function, and closes the gate.
  explicit Gate(TestDatabase& database);

  // Every UPDATE statement on the table waits at its end, when its rows are written.
  void Guard(const std::string& table);

  // Waits until so many sessions of rung stand at the gate.
  bool WaitUntilReached(int sessions = 1);

  void Open();

 private:
  TestDatabase& database_;
  pg::Connection holder_;
};

}  // namespace rung::test
