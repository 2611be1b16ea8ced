// The rung binary as a child process: run to its end, or started, watched and killed.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace rung::test {

struct Result {
  int exit = 0;  // 128 + signal where a signal ended it
  std::string out;
  std::string err;
};

struct Command {
  std::vector<std::string> arguments;
  std::string directory;                 // to run in; empty: here
  std::vector<std::string> environment;  // NAME=value; "NAME" alone unsets it
  std::string program;                   // empty: rung
  bool close_stdout = false;  // start with stdout closed for reading: EPIPE at the first write
  bool in_terminal = false;   // stdin, stdout, stderr on a pseudo-terminal: all goes to out
  int columns = 100;          // of that terminal
  std::string typed = {};     // at that terminal, beforehand
};

class Process {
 public:
  explicit Process(const Command& command);
  ~Process();  // kills it if it still runs
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int signal) const;

  // Has it ended?
  bool IsOver();

  // Waits for the end; fails the test and kills it when the deadline passes.
  Result Wait(std::chrono::milliseconds deadline = std::chrono::seconds(60));

 private:
  pid_t pid_ = -1;
  std::optional<int> status_;
  std::string out_;
  std::string err_;
  std::vector<std::jthread> readers_;
};

// Starts, waits, returns.
Result Run(const Command& command);

}  // namespace rung::test
