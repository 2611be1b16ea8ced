#include "integration/watched_run.h"

#include <atomic>
#include <fstream>
#include <iterator>

#include "support/wait.h"

namespace rung::test {
namespace {

std::filesystem::path NewFile(const Project& project) {
  static std::atomic<int> count = 0;
  return project.directory.path() / ("told_" + std::to_string(++count));
}

}  // namespace

std::filesystem::path RungBinary() {
  return std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() / "rung";
}

Command ThroughShell(const Project& project, const std::string& script,
                     std::vector<std::string> arguments) {
  Command command = project.Rung({"-c", script, "sh", RungBinary().string()});
  command.program = "/bin/sh";
  command.arguments.insert(command.arguments.end(), arguments.begin(), arguments.end());
  return command;
}

Command WithoutLeakCheck(const Project& project, std::vector<std::string> arguments) {
  Command command = project.Rung(std::move(arguments));
  command.environment.push_back("LSAN_OPTIONS=detect_leaks=0");
  return command;
}

WatchedRun::WatchedRun(const Project& project, std::vector<std::string> arguments)
    : file_(NewFile(project)),
      process_(ThroughShell(project, "exec \"$@\" 2>" + file_.string(), std::move(arguments))) {}

std::string WatchedRun::Told() const {
  std::ifstream in(file_, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool WatchedRun::WaitUntilTold(const std::string& text) {
  const auto is_told = [&] { return Told().find(text) != std::string::npos; };
  WaitUntil([&] { return is_told() || process_.IsOver(); });
  return is_told();
}

Result WatchedRun::Wait(std::chrono::milliseconds deadline) { return process_.Wait(deadline); }

}  // namespace rung::test
