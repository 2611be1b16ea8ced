// What ends a command: where, what, state, next. Thrown by every room, caught once, in cli/run.cc.
#pragma once

#include <exception>
#include <string>
#include <vector>

namespace rung::core {

// How a command ends; cli/exit_status.h gives each its exit code.
enum class Failure {
  kFailed,       // something was tried and did not work
  kUsage,        // refused before the database was touched
  kUnfinished,   // stopped on purpose with work left
  kBusy,         // another run holds the lock
  kInterrupted,  // a signal
};

// One line of an error: a place and what is wrong there.
struct Problem {
  std::string where;  // a path an editor opens, else the object or flag; may be empty
  std::string what;   // lower case, no full stop
  std::vector<std::string> excerpt;  // lines shown below it as they are
};

class Error : public std::exception {
 public:
  // Shape:  at least one problem; state is what is true of the database now, next is an imperative.
  Error(Failure failure, std::vector<Problem> problems, std::string state, std::string next);
  Error(Failure failure, Problem problem, std::string state, std::string next);

  Failure failure() const { return failure_; }
  const std::vector<Problem>& problems() const { return problems_; }
  const std::string& state() const { return state_; }
  const std::string& next() const { return next_; }

  // The whole text as it is shown, lines ended by '\n', without redaction.
  const char* what() const noexcept override { return text_.c_str(); }

 private:
  Failure failure_;
  std::vector<Problem> problems_;
  std::string state_;
  std::string next_;
  std::string text_;
};

}  // namespace rung::core
