// How many requests may go out: a share of what Clerk allows an instance in ten seconds, for the live
// application has to live off the rest.
#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <stop_token>

namespace rung::clerk {

// Source: Clerk's page of system limits.
inline constexpr int kDevelopmentLimit = 100;
inline constexpr int kProductionLimit = 1000;
inline constexpr std::chrono::seconds kLimitWindow{10};

// Never more than `limit` in any window of that length. Pure.
class RateWindow {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RateWindow(int limit, std::chrono::milliseconds length)
      : limit_(static_cast<size_t>(limit)), length_(length) {}

  // Zero, and one is taken; or how long to wait before asking again.
  std::chrono::milliseconds Take(Time now);

  // Takes none before this time.
  void PauseUntil(Time time) { paused_until_ = std::max(paused_until_, time); }

 private:
  const size_t limit_;
  const std::chrono::milliseconds length_;
  std::deque<Time> taken_;
  Time paused_until_{};
};

// The same for threads that share it.
class RateLimit {
 public:
  explicit RateLimit(int limit) : window_(limit, kLimitWindow) {}

  // Waits until one more may go; returns early when stopped.
  void Wait(const std::stop_token& stop);

  // Clerk asked for a pause: none goes before it is over.
  void Pause(std::chrono::milliseconds duration);

 private:
  std::mutex mutex_;
  RateWindow window_;
};

}  // namespace rung::clerk
