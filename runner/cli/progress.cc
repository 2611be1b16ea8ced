#include "cli/progress.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "cli/event_text.h"
#include "core/sleep.h"

namespace rung::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Every second at first, then thirty: few lines for a long run, early signs of life.
milliseconds LogInterval(steady_clock::duration elapsed) {
  if (elapsed < std::chrono::seconds(10)) return milliseconds(1000);
  return elapsed < std::chrono::minutes(1) ? milliseconds(5000) : milliseconds(30000);
}

constexpr milliseconds kRepaintInterval{250};
constexpr size_t kBarWidth = 20;

std::string Bar(double share) {
  const auto filled = static_cast<size_t>(std::floor(share * static_cast<double>(kBarWidth)));
  return "[" + std::string(filled, '#') + std::string(kBarWidth - filled, '.') + "]";
}

}  // namespace

BackfillProgress Summarize(const std::vector<backfill::FillRow>& fills) {
  BackfillProgress progress;
  double done = 0;
  double total = 0;
  int swept_now = 0;
  for (const backfill::FillRow& fill : fills) {
    const double weight = std::max<double>(static_cast<double>(fill.rows_estimate), 1);
    done += backfill::ShareDone(fill) * weight;
    total += weight;
    progress.rows_filled += fill.rows_filled;
    progress.rows_hot += fill.rows_hot;
    progress.rows_per_second += fill.rows_per_second;
    progress.workers = std::max(progress.workers, fill.workers);
    ++progress.fills;
    if (fill.state == backfill::FillState::kComplete) ++progress.fills_complete;
    if (fill.state != backfill::FillState::kSweeping || ++swept_now > 3) continue;
    const std::string table =
        fill.relation.starts_with("public.") ? fill.relation.substr(7) : fill.relation;
    progress.now += (progress.now.empty() ? "" : ", ") + table;
  }
  progress.share = total > 0 ? done / total : 1;
  return progress;
}

std::string HoldingText(const std::vector<backfill::RunRow>& alive) {
  std::string text;
  for (const backfill::RunRow& run : alive) {
    if (run.state.held_by.empty()) return "";
    if (text.empty()) text = "holding: " + run.state.held_by;
  }
  return text;
}

Progress::Progress(Program& program, const pg::Target& target, const core::Version& version,
                   const std::string& label)
    : program_(program), target_(target), version_(version), label_(label) {
  if (program.options.verbosity == Verbosity::kQuiet) return;
  thread_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
}

Progress::~Progress() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
  program_.console.ShowLiveLine("");
}

void Progress::Watch(const std::stop_token& stop) {
  const bool is_live = Console::IsTerminal() && program_.options.log_format == LogFormat::kText;
  const auto started = steady_clock::now();
  auto looked = started;
  steady_clock::duration held{0};
  try {
    pg::Connection connection(target_, program_.ApplicationName() + " progress", stop);
    while (!stop.stop_requested()) {
      const auto elapsed = steady_clock::now() - started;
      core::SleepFor(is_live ? kRepaintInterval : LogInterval(elapsed), stop);
      if (stop.stop_requested()) return;
      const BackfillProgress progress =
          Summarize(backfill::ReadFillRows(connection, program_.schema, version_));
      if (first_share_ < 0) first_share_ = progress.share;
      const std::string holding = HoldingText(
          backfill::ReadRuns(connection, program_.schema, version_, backfill::Which::kAlive));
      const auto before = std::exchange(looked, steady_clock::now());
      if (!holding.empty()) held += looked - before;
      const std::string line = Line(progress, looked - started - held, holding);
      if (is_live) {
        // Room for the ^C that a terminal echoes: a line that wraps cannot be taken away again.
        program_.console.ShowLiveLine(line.substr(0, std::max<size_t>(Console::Columns(), 8) - 4));
      } else {
        program_.events.Emit(core::Notice{core::Notice::Level::kInfo, line});
      }
    }
  } catch (const std::exception&) {  // the work goes on without being watched
  }
}

std::string Progress::Line(const BackfillProgress& progress, std::chrono::duration<double> worked,
                           const std::string& holding) const {
  std::string line =
      fmt::format("{} {} {:3.0f}%  {}/{} tables  {} rows", label_, Bar(progress.share),
                  std::floor(progress.share * 100), progress.fills_complete, progress.fills,
                  FormatCount(progress.rows_filled));
  if (progress.rows_per_second > 0) {
    line += fmt::format("  {} rows/s", FormatCount(std::llround(progress.rows_per_second)));
  }
  if (progress.rows_hot > 0) {
    line += fmt::format("  HOT {:.0f}%", std::floor(100 * static_cast<double>(progress.rows_hot) /
                                                    static_cast<double>(progress.rows_filled)));
  }
  const double gained = progress.share - first_share_;
  if (gained > 0.01) {
    const double left = (1 - progress.share) / gained * worked.count();
    line += fmt::format("  ETA {}", FormatDuration(milliseconds(std::llround(left) * 1000)));
  }
  if (!progress.now.empty()) line += "  " + progress.now;
  if (!holding.empty()) line += "  " + holding;
  return line;
}

}  // namespace rung::cli
