#include "cli/statement_line.h"

#include <algorithm>
#include <utility>

#include "cli/event_text.h"

namespace rung::cli {

using std::chrono::milliseconds;
using std::chrono::seconds;

bool IsLineDue(milliseconds elapsed, milliseconds told) {
  if (told == milliseconds(0)) return elapsed >= seconds(2);
  return elapsed >= (told < seconds(5) ? seconds(5) : told + seconds(30));
}

StatementLine::StatementLine(Program& program)
    : program_(program),
      is_live_(Console::IsTerminal() && program.options.log_format == LogFormat::kText &&
               program.options.verbosity != Verbosity::kQuiet) {}

StatementLine::~StatementLine() {
  if (is_shown_) program_.console.ShowLiveLine("");
}

void StatementLine::Emit(const core::Event& event) noexcept {
  try {
    const std::lock_guard lock(mutex_);
    if (const auto* running = std::get_if<core::StatementRunning>(&event)) {
      Show(*running);
      return;
    }
    if (std::exchange(is_shown_, false)) program_.console.ShowLiveLine("");
    program_.events.Emit(event);
  } catch (const std::exception&) {  // what cannot be told must not end what is being told about
  }
}

void StatementLine::Show(const core::StatementRunning& running) {
  if (running.elapsed < std::exchange(seen_, running.elapsed)) told_ = milliseconds(0);  // the next
  if (is_live_) {
    // Room for the ^C that a terminal echoes: a line that wraps cannot be taken away again.
    program_.console.ShowLiveLine(
        TextOf(running).substr(0, std::max<size_t>(Console::Columns(), 8) - 4));
    is_shown_ = true;
  } else if (IsLineDue(running.elapsed, told_)) {
    told_ = running.elapsed;
    program_.events.Emit(running);
  }
}

}  // namespace rung::cli
