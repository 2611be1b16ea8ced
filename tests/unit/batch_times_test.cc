#include "backfill/batch_times.h"

#include <gtest/gtest.h>

namespace rung::backfill {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

std::vector<int64_t> Counted(const std::vector<microseconds>& times) {
  std::vector<int64_t> counts;
  for (microseconds time : times) {
    const auto bucket = static_cast<size_t>(BatchTimeBucket(time));
    counts.resize(std::max(counts.size(), bucket));
    ++counts[bucket - 1];
  }
  return counts;
}

TEST(BatchTimeBucket, IsTheFirstOneUpToAMillisecond) {
  EXPECT_EQ(BatchTimeBucket(microseconds(0)), 1);
  EXPECT_EQ(BatchTimeBucket(milliseconds(1)), 1);
  EXPECT_EQ(BatchTimeBucket(microseconds(1001)), 2);
}

TEST(BatchTimeBucket, AFourthOneOnHoldsTwiceTheTime) {
  EXPECT_EQ(BatchTimeBucket(milliseconds(64)), 25);
  EXPECT_EQ(BatchTimeBucket(milliseconds(128)), 29);
}

TEST(BatchTimeBucket, IsTheLastOneForAnythingLonger) {
  EXPECT_EQ(BatchTimeBucket(std::chrono::hours(1)), 80);
  EXPECT_EQ(BatchTimeBucket(std::chrono::hours(1000)), 80);
}

TEST(BatchTimeWithin, IsTheTimeThatSoManyBatchesKept) {
  std::vector<microseconds> times(99, milliseconds(100));
  times.emplace_back(std::chrono::seconds(2));
  const auto counts = Counted(times);
  EXPECT_NEAR(static_cast<double>(BatchTimeWithin(counts, 0.5).count()), 100'000, 20'000);
  EXPECT_NEAR(static_cast<double>(BatchTimeWithin(counts, 0.99).count()), 100'000, 20'000);
  EXPECT_NEAR(static_cast<double>(BatchTimeWithin(counts, 1).count()), 2'000'000, 400'000);
}

TEST(BatchTimeWithin, IsNoneWithoutBatches) {
  EXPECT_EQ(BatchTimeWithin({}, 0.5), microseconds(0));
  EXPECT_EQ(BatchTimeWithin({0, 0}, 0.5), microseconds(0));
}

}  // namespace
}  // namespace rung::backfill
