#include "core/sleep.h"

#include <gtest/gtest.h>

#include <thread>

namespace rung::core {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

TEST(Sleep, LastsItsTime) {
  const auto start = steady_clock::now();
  SleepFor(milliseconds(5), {});
  EXPECT_GE(steady_clock::now() - start, milliseconds(5));
}

TEST(Sleep, EndsAtOnceWhenAStopWasAskedFor) {
  std::stop_source stop;
  stop.request_stop();
  const auto start = steady_clock::now();
  SleepFor(std::chrono::hours(1), stop.get_token());
  EXPECT_LT(steady_clock::now() - start, std::chrono::minutes(1));
}

TEST(Sleep, EndsWhenAStopIsAskedFor) {
  std::stop_source stop;
  const std::jthread sleeper([&] { SleepFor(std::chrono::hours(1), stop.get_token()); });
  stop.request_stop();
}

}  // namespace
}  // namespace rung::core
