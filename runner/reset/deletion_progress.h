// How far a row of deletions is, told now and then: how many, how fast, how long still.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "core/event.h"

namespace rung::reset {

// "users: 120 of 600 deleted, 9.8 a second, about 49 s left". Pure.
std::string ProgressText(const std::string& kind, size_t done, size_t total,
                         std::chrono::milliseconds elapsed);

class DeletionProgress {
 public:
  DeletionProgress(core::EventSink& events, std::string kind, size_t total)
      : events_(events), kind_(std::move(kind)), total_(total) {}

  // One more; not to be called from two threads at once.
  void Count();

 private:
  using Clock = std::chrono::steady_clock;

  core::EventSink& events_;
  const std::string kind_;
  const size_t total_;
  const Clock::time_point begun_ = Clock::now();
  Clock::time_point told_ = Clock::now();
  size_t done_ = 0;
};

}  // namespace rung::reset
