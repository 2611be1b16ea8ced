#include "reset/child_program.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "core/error.h"

namespace rung::reset {
namespace {

struct Pipe {
  Pipe() {
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw core::Error(core::Failure::kFailed, core::Problem{"", "no pipe can be made", {}}, "",
                        "close something and run it again");
    }
  }
  ~Pipe() {
    CloseWrite();
    close(ends[0]);
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;

  void CloseWrite() {
    if (ends[1] >= 0) close(ends[1]);
    ends[1] = -1;
  }

  std::array<int, 2> ends{-1, -1};
};

// All memory is allocated before the fork: the child of a program with threads may not.
std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> Environment(
    const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<std::string> environment;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment.emplace_back(*variable);
  }
  for (const auto& [name, value] : variables) {
    const std::string beginning = name + "=";
    std::erase_if(environment,
                  [&](const std::string& text) { return text.starts_with(beginning); });
    environment.push_back(beginning + value);
  }
  return environment;
}

// False at its end.
bool ReadSome(int descriptor, std::string& text) {
  std::array<char, 4096> buffer{};
  const ssize_t got = read(descriptor, buffer.data(), buffer.size());
  if (got > 0) text.append(buffer.data(), static_cast<size_t>(got));
  return got > 0 || (got < 0 && errno == EINTR);
}

}  // namespace

ChildResult RunChild(const std::vector<std::string>& words,
                     const std::vector<std::pair<std::string, std::string>>& variables,
                     const std::stop_token& stop) {
  std::vector<std::string> texts = words;
  std::vector<std::string> settings = Environment(variables);
  const std::vector<char*> arguments = Pointers(texts);
  const std::vector<char*> environment = Pointers(settings);
  Pipe out;
  Pipe err;
  sigset_t none;
  sigemptyset(&none);

  const pid_t child = fork();
  if (child == 0) {
    const int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, STDIN_FILENO);
    dup2(out.ends[1], STDOUT_FILENO);
    dup2(err.ends[1], STDERR_FILENO);
    umask(077);
    // This program blocks the signals that it waits for.
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    execvpe(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  if (child < 0) {
    throw core::Error(core::Failure::kFailed, core::Problem{words.front(), "cannot be started", {}},
                      "", "close something and run it again");
  }
  out.CloseWrite();
  err.CloseWrite();

  ChildResult result;
  std::array<pollfd, 2> inputs{{{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}}};
  while (inputs[0].fd >= 0 || inputs[1].fd >= 0) {
    if (stop.stop_requested()) kill(child, SIGTERM);
    if (poll(inputs.data(), inputs.size(), 100) <= 0) continue;
    if (inputs[0].revents != 0 && !ReadSome(inputs[0].fd, result.out)) inputs[0].fd = -1;
    if (inputs[1].revents != 0 && !ReadSome(inputs[1].fd, result.err)) inputs[1].fd = -1;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace rung::reset
