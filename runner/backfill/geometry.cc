#include "backfill/geometry.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace rung::backfill {
namespace {

constexpr int kMostSlices = 16;
constexpr double kFewestRowsASlice = 500;  // below it a batch is all overhead
constexpr int64_t kFirstBatchRows = 2000;
constexpr int64_t kFewestBatchRows = 100;
constexpr int64_t kFewestCheapRows = 500;
constexpr double kSeldomTooLong = 0.05;  // seconds for which no target is too short
constexpr int64_t kMostBatchRows = 50000;
constexpr double kDecay = 0.75;

}  // namespace

int ChooseSliceWidth(const TableSize& size) {
  if (size.pages == 0 || size.rows < 1) return kHashSpace;
  const double rows_a_page = size.rows / static_cast<double>(size.pages);
  const double wanted = std::min(rows_a_page, size.rows / kFewestRowsASlice);
  const auto slices =
      static_cast<unsigned>(std::clamp(wanted, 1.0, static_cast<double>(kMostSlices)));
  return kHashSpace / static_cast<int>(std::bit_ceil(slices));
}

int64_t ChooseChunkPages(const TableSize& size, int slice_width, int64_t batch_rows) {
  const double rows_a_page =
      std::max(1.0, size.rows / static_cast<double>(std::max<int64_t>(size.pages, 1)));
  const double rows = static_cast<double>(batch_rows) * kHashSpace / slice_width;
  return std::max<int64_t>(1, std::llround(rows / rows_a_page));
}

int ChooseSliceEnd(int slice_at, int slice_width, int64_t rows_found, int64_t batch_rows) {
  if (slice_at > 0) {
    const double rows_left = static_cast<double>(rows_found) / slice_at * (kHashSpace - slice_at);
    // Of the usual slices each brings a full batch; only a sparse chunk is cut short.
    if (rows_left <= static_cast<double>(batch_rows) / 4) return kHashSpace;
  }
  return std::min(slice_at + slice_width, kHashSpace);
}

void BatchSizer::Observe(int64_t rows, std::chrono::microseconds took) {
  if (rows == 0) return;
  rows_ = rows_ * kDecay + static_cast<double>(rows);
  seconds_ = seconds_ * kDecay + std::chrono::duration<double>(took).count();
}

int64_t BatchSizer::batch_rows() const {
  if (rows_ == 0) return kFirstBatchRows;
  const double rate = rows_ / std::max(seconds_, 1e-6);
  const double target = std::chrono::duration<double>(target_).count();
  // Of cheap rows a small batch is all overhead; of dear ones it is what was asked for.
  const auto fewest =
      std::clamp<int64_t>(std::llround(rate * kSeldomTooLong), kFewestBatchRows, kFewestCheapRows);
  return std::clamp<int64_t>(std::llround(rate * target), fewest, kMostBatchRows);
}

}  // namespace rung::backfill
