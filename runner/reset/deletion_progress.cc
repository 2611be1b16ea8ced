#include "reset/deletion_progress.h"

#include <fmt/format.h>

#include <cmath>

namespace rung::reset {

using std::chrono::milliseconds;

constexpr std::chrono::seconds kBetween{5};

std::string ProgressText(const std::string& kind, size_t done, size_t total, milliseconds elapsed) {
  std::string text = fmt::format("{}: {} of {} deleted", kind, done, total);
  if (done == 0 || elapsed.count() <= 0) return text;
  const double rate = static_cast<double>(done) * 1000 / static_cast<double>(elapsed.count());
  text += fmt::format(", {:.1f} a second", rate);
  if (done < total) {
    text +=
        fmt::format(", about {:.0f} s left", std::ceil(static_cast<double>(total - done) / rate));
  }
  return text;
}

void DeletionProgress::Count() {
  ++done_;
  const auto now = Clock::now();
  if (now - told_ < kBetween && done_ < total_) return;
  told_ = now;
  events_.Emit(core::Notice{
      core::Notice::Level::kInfo,
      ProgressText(kind_, done_, total_, std::chrono::duration_cast<milliseconds>(now - begun_))});
}

}  // namespace rung::reset
