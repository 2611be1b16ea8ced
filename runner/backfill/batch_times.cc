#include "backfill/batch_times.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rung::backfill {
namespace {

constexpr double kBucketsADoubling = 4;
constexpr int kLastBucket = 80;  // 2^(79/4) ms, a quarter of an hour

double UpperEdge(int bucket) { return std::exp2((bucket - 1) / kBucketsADoubling) * 1000; }

}  // namespace

int BatchTimeBucket(std::chrono::microseconds took) {
  const double milliseconds = static_cast<double>(took.count()) / 1000;
  if (milliseconds <= 1) return 1;
  const auto bucket = static_cast<int>(std::ceil(std::log2(milliseconds) * kBucketsADoubling)) + 1;
  return std::min(bucket, kLastBucket);
}

std::chrono::microseconds BatchTimeWithin(const std::vector<int64_t>& counts, double share) {
  const int64_t total = std::accumulate(counts.begin(), counts.end(), int64_t{0});
  if (total == 0) return std::chrono::microseconds(0);
  const auto wanted =
      std::max<int64_t>(std::llround(std::ceil(share * static_cast<double>(total))), 1);
  int64_t seen = 0;
  size_t at = 0;
  while ((seen += counts[at]) < wanted) ++at;
  return std::chrono::microseconds(std::llround(UpperEdge(static_cast<int>(at) + 1)));
}

}  // namespace rung::backfill
