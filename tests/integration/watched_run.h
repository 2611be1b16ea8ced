// A run whose standard error can be read while it goes on.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/project.h"

namespace rung::test {

// The program under test, for commands that a shell has to start.
std::filesystem::path RungBinary();

// "rung up …" in this project by way of `sh -c script`, in which "$@" is that command.
Command ThroughShell(const Project& project, const std::string& script,
                     std::vector<std::string> arguments);

// The same for a run that loses a connection: libpqxx 6.4 leaks the result of the query on it, and a
// leak is an exit code.
Command WithoutLeakCheck(const Project& project, std::vector<std::string> arguments);

class WatchedRun {
 public:
  WatchedRun(const Project& project, std::vector<std::string> arguments);

  // Standard error so far.
  std::string Told() const;

  // Waits until the text is told; false when the deadline passes or the run ends first.
  bool WaitUntilTold(const std::string& text);

  // Waits for the end. Standard error is in Told(), not in the result.
  Result Wait(std::chrono::milliseconds deadline = std::chrono::seconds(60));

  Process& process() { return process_; }

 private:
  const std::filesystem::path file_;
  Process process_;
};

}  // namespace rung::test
