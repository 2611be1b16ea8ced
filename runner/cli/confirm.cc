#include "cli/confirm.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>

#include "core/error.h"

namespace rung::cli {
namespace {

// One line of standard input, without its end; empty at the end of the input.
std::string ReadAnswer(const std::stop_token& stop) {
  std::string line;
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (!stop.stop_requested()) {
    if (poll(&input, 1, 100) <= 0) continue;
    char c = 0;
    if (read(STDIN_FILENO, &c, 1) != 1 || c == '\n') return line;
    line += c;
  }
  throw core::Error(core::Failure::kInterrupted, core::Problem{"", "interrupted", {}},
                    "nothing was changed", "run it again");
}

}  // namespace

bool Confirm(Program& program, const std::string& question) {
  if (program.options.yes) return true;
  if (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1) {
    throw core::Error(core::Failure::kUsage,
                      core::Problem{"", "there is no terminal to ask at", {}},
                      "nothing was changed", "run it again with --yes if that is what you want");
  }
  program.console.WriteError(question + " [y/N] ");
  std::string answer = ReadAnswer(program.stop);
  std::transform(answer.begin(), answer.end(), answer.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return answer == "y" || answer == "yes";
}

void RequireTyped(Program& program, const std::string& what, const std::string& expected) {
  const auto refuse = [](std::string where, std::string text, std::string next) {
    throw core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(text), {}},
                      "nothing was touched", std::move(next));
  };
  const auto& confirm = program.options.wipe.confirm;
  if (program.options.yes && !confirm) {
    refuse("--yes", "needs " + what + " with it", "add --confirm with " + what);
  }
  if (!program.options.yes && (isatty(STDIN_FILENO) != 1 || isatty(STDERR_FILENO) != 1)) {
    refuse("", "there is no terminal to ask at",
           "run it again with --yes, and --confirm with " + what + ", if that is what you want");
  }
  std::string answer;
  if (program.options.yes) {
    answer = *confirm;
  } else {
    program.console.WriteError("Type " + what + " to go on: ");
    answer = ReadAnswer(program.stop);
    if (answer.ends_with('\r')) answer.pop_back();
  }
  if (answer != expected) {
    refuse(program.options.yes ? "--confirm" : "", "that is not " + what,
           "find out where you are, and look at what --dry-run shows");
  }
}

}  // namespace rung::cli
