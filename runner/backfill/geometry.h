// How a table is divided: rows a batch, slices a chunk, pages or rows a chunk. Pure.
#pragma once

#include <chrono>
#include <cstdint>

namespace rung::backfill {

// The hash of a row's position lies in [0, kHashSpace); a slice is an aligned part of it whose
// width is a power of two.
inline constexpr int kHashSpace = 1024;

struct TableSize {
  int64_t pages = 0;
  double rows = 0;
};

// The width of the slices that a chunk of this table begins with. Slices leave room on each page
// for the next slice's row versions (HOT updates); a table too small for that is taken whole.
// Shape:  a power of two in [1, kHashSpace]; kHashSpace means no slices.
// Source: docs/performance.md; more than 16 slices gain little and cost a scan each.
int ChooseSliceWidth(const TableSize& size);

// Pages for one chunk so that one slice of it has about `batch_rows` rows.
int64_t ChooseChunkPages(const TableSize& size, int slice_width, int64_t batch_rows);

// Where the next slice ends: the planned width, or the whole rest of the chunk when the slices so
// far found so little that the rest fits into one batch.
// Shape:  [slice_at, result) of kHashSpace; rows_found belongs to the `slice_at` positions done.
int ChooseSliceEnd(int slice_at, int slice_width, int64_t rows_found, int64_t batch_rows);

// Rows for a batch to take about `target`: a decayed average of what batches did so far.
class BatchSizer {
 public:
  void Aim(std::chrono::milliseconds target) { target_ = target; }
  void Observe(int64_t rows, std::chrono::microseconds took);
  int64_t batch_rows() const;

 private:
  std::chrono::milliseconds target_{200};
  double rows_ = 0;  // decayed sums
  double seconds_ = 0;
};

}  // namespace rung::backfill
