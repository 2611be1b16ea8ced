#include "clerk/rate_limit.h"

#include "core/sleep.h"

namespace rung::clerk {

using std::chrono::milliseconds;

milliseconds RateWindow::Take(Time now) {
  const auto until = [&](Time time) {
    return std::chrono::ceil<milliseconds>(time - now) + milliseconds(1);
  };
  if (paused_until_ > now) return until(paused_until_);
  while (!taken_.empty() && taken_.front() <= now - length_) taken_.pop_front();
  if (taken_.size() >= limit_) return until(taken_.front() + length_);
  taken_.push_back(now);
  return milliseconds(0);
}

void RateLimit::Wait(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    milliseconds wait{0};
    {
      const std::lock_guard lock(mutex_);
      wait = window_.Take(std::chrono::steady_clock::now());
    }
    if (wait.count() == 0) return;
    core::SleepFor(wait, stop);
  }
}

void RateLimit::Pause(milliseconds duration) {
  const std::lock_guard lock(mutex_);
  window_.PauseUntil(std::chrono::steady_clock::now() + duration);
}

}  // namespace rung::clerk
