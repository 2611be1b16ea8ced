#include "cli/console.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

namespace rung::cli {
namespace {

constexpr std::string_view kClearLine = "\r\x1b[K";

}  // namespace

void Console::WriteAll(int descriptor, std::string_view text) {
  if (descriptor == STDOUT_FILENO && reader_is_gone_) return;
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) {
      if (descriptor != STDOUT_FILENO) return;  // nowhere is left to say so
      reader_is_gone_ = true;
      if (errno != EPIPE) results_are_whole_ = false;
      return;
    }
    text.remove_prefix(static_cast<size_t>(written));
  }
}

void Console::WriteResult(std::string_view text) {
  const std::lock_guard lock(mutex_);
  WriteAll(STDOUT_FILENO, redactor_.Redact(text));
}

void Console::WriteLine(std::string_view line) {
  const std::lock_guard lock(mutex_);
  std::string text = redactor_.Redact(line) + "\n";
  if (!live_line_.empty()) text = std::string(kClearLine) + text + live_line_;
  WriteAll(STDERR_FILENO, text);
}

void Console::WriteError(std::string_view text) {
  const std::lock_guard lock(mutex_);
  WriteAll(STDERR_FILENO, redactor_.Redact(text));
}

void Console::ShowLiveLine(std::string_view line) {
  const std::lock_guard lock(mutex_);
  if (line.empty() && live_line_.empty()) return;
  live_line_ = redactor_.Redact(line);
  WriteAll(STDERR_FILENO, std::string(kClearLine) + live_line_);
}

bool Console::IsTerminal() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && terminal != nullptr &&
         std::string_view(terminal) != "dumb" && std::getenv("CI") == nullptr;
}

size_t Console::Columns() {
  winsize size{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

}  // namespace rung::cli
