#include "support/process.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

#include "support/wait.h"

namespace rung::test {
namespace {

// All memory is allocated before the fork: the child of a program with threads may not.
class Exec {
 public:
  explicit Exec(const Command& command)
      : program_(command.program.empty() ? RUNG_BINARY : command.program),
        directory_(command.directory) {
    texts_.push_back(program_);
    texts_.insert(texts_.end(), command.arguments.begin(), command.arguments.end());
    for (std::string& text : texts_) arguments_.push_back(text.data());
    arguments_.push_back(nullptr);
    for (char** variable = environ; *variable != nullptr; ++variable)
      variables_.emplace_back(*variable);
    // What this test's own environment has of rung's settings is not the child's business.
    Remove("DATABASE_URL");
    Remove("CI");
    variables_.push_back("LSAN_OPTIONS=suppressions=" RUNG_SOURCE_DIR
                         "/tests/lsan.supp:print_suppressions=0");
    for (const std::string& change : command.environment) {
      const size_t equals = change.find('=');
      Remove(change.substr(0, equals));
      if (equals != std::string::npos) variables_.push_back(change);
    }
    for (std::string& variable : variables_) environment_.push_back(variable.data());
    environment_.push_back(nullptr);
  }

  [[noreturn]] void Run() {
    if (!directory_.empty() && chdir(directory_.c_str()) != 0) _exit(126);
    execvpe(program_.c_str(), arguments_.data(), environment_.data());
    _exit(127);
  }

 private:
  void Remove(const std::string& name) {
    std::erase_if(variables_,
                  [&](const std::string& variable) { return variable.starts_with(name + "="); });
  }

  std::string program_;
  std::string directory_;
  std::vector<std::string> texts_;
  std::vector<std::string> variables_;
  std::vector<char*> arguments_;
  std::vector<char*> environment_;
};

void ReadAll(int descriptor, std::string& text) {
  char buffer[4096];
  for (;;) {
    const ssize_t got = read(descriptor, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;  // a terminal whose other end is closed answers EIO
    text.append(buffer, static_cast<size_t>(got));
  }
  close(descriptor);
}

}  // namespace

Process::Process(const Command& command) {
  Exec exec(command);
  if (command.in_terminal) {
    winsize size{50, static_cast<unsigned short>(command.columns), 0, 0};
    int terminal = -1;
    pid_ = forkpty(&terminal, nullptr, nullptr, &size);
    if (pid_ == 0) exec.Run();
    if (pid_ < 0) throw std::runtime_error("forkpty failed");
    if (write(terminal, command.typed.data(), command.typed.size()) < 0) {
      throw std::runtime_error("nothing can be typed");
    }
    readers_.emplace_back([this, terminal] { ReadAll(terminal, out_); });
    return;
  }
  int out[2];
  int err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0)
    throw std::runtime_error("pipe failed");
  if (command.close_stdout) close(out[0]);
  pid_ = fork();
  if (pid_ == 0) {
    dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    exec.Run();
  }
  if (pid_ < 0) throw std::runtime_error("fork failed");
  close(out[1]);
  close(err[1]);
  if (!command.close_stdout)
    readers_.emplace_back([this, descriptor = out[0]] { ReadAll(descriptor, out_); });
  readers_.emplace_back([this, descriptor = err[0]] { ReadAll(descriptor, err_); });
}

Process::~Process() {
  if (!IsOver()) {
    Signal(SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
}

void Process::Signal(int signal) const { kill(pid_, signal); }

bool Process::IsOver() {
  int status = 0;
  if (!status_ && waitpid(pid_, &status, WNOHANG) == pid_) status_ = status;
  return status_.has_value();
}

Result Process::Wait(std::chrono::milliseconds deadline) {
  if (!WaitUntil([this] { return IsOver(); }, deadline)) {
    ADD_FAILURE() << "the process did not end in time";
    Signal(SIGKILL);
    WaitUntil([this] { return IsOver(); });
  }
  readers_.clear();  // joins them: all output is there
  const int status = status_.value_or(0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), out_, err_};
}

Result Run(const Command& command) { return Process(command).Wait(); }

}  // namespace rung::test
