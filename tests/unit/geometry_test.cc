#include "backfill/geometry.h"

#include <gtest/gtest.h>

#include <bit>
#include <random>
#include <vector>

namespace rung::backfill {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST(SliceWidth, IsAPowerOfTwoBetweenBoundsForAnyTable) {
  for (int64_t pages = 0; pages < 100'000'000; pages = pages * 3 + 1) {
    for (double rows = 0; rows < 1e10; rows = rows * 2.7 + 1) {
      const int width = ChooseSliceWidth({pages, rows});
      EXPECT_TRUE(std::has_single_bit(static_cast<unsigned>(width))) << pages << " " << rows;
      EXPECT_GE(width, 1) << pages << " " << rows;
      EXPECT_LE(width, kHashSpace) << pages << " " << rows;
    }
  }
}

TEST(SliceWidth, IsTheWholeForATableTooSmallOrUnknown) {
  EXPECT_EQ(ChooseSliceWidth({0, 0}), kHashSpace);
  EXPECT_EQ(ChooseSliceWidth({0, 1000}), kHashSpace);
  EXPECT_EQ(ChooseSliceWidth({10, 0}), kHashSpace);
  EXPECT_EQ(ChooseSliceWidth({10, -1}), kHashSpace);
  EXPECT_EQ(ChooseSliceWidth({10, 500}), kHashSpace);
}

TEST(SliceWidth, GivesARowAPageToEachSlice) {
  EXPECT_EQ(ChooseSliceWidth({100'000, 800'000}), kHashSpace / 8);
  EXPECT_EQ(ChooseSliceWidth({100'000, 500'000}), kHashSpace / 8);
  EXPECT_EQ(ChooseSliceWidth({100'000, 100'000}), kHashSpace);
}

TEST(SliceWidth, StopsWhereMoreSlicesWouldGainLittle) {
  const int narrowest = ChooseSliceWidth({100'000, 3'000'000});
  EXPECT_LT(narrowest, kHashSpace / 8);
  EXPECT_EQ(ChooseSliceWidth({100'000, 20'000'000}), narrowest);
}

TEST(ChunkPages, GiveOneSliceABatch) {
  EXPECT_EQ(ChooseChunkPages({1000, 30'000}, kHashSpace / 32, 3000), 3200);
  EXPECT_EQ(ChooseChunkPages({1000, 30'000}, kHashSpace, 3000), 100);
}

TEST(ChunkPages, AreAtLeastOne) {
  EXPECT_EQ(ChooseChunkPages({1, 1e9}, kHashSpace, 1), 1);
  EXPECT_GE(ChooseChunkPages({0, 0}, kHashSpace, 500), 1);
  EXPECT_GE(ChooseChunkPages({1000, -1}, kHashSpace, 500), 1);
}

TEST(SliceEnd, IsThePlannedWidthInADenseChunk) {
  EXPECT_EQ(ChooseSliceEnd(0, 32, 0, 2000), 32);
  EXPECT_EQ(ChooseSliceEnd(32, 32, 2000, 2000), 64);
  EXPECT_EQ(ChooseSliceEnd(992, 32, 62'000, 2000), kHashSpace);
}

TEST(SliceEnd, IsTheEndWhereTheRestIsSparse) {
  EXPECT_EQ(ChooseSliceEnd(32, 32, 0, 2000), kHashSpace);
  EXPECT_EQ(ChooseSliceEnd(32, 32, 16, 2000), kHashSpace);
  EXPECT_EQ(ChooseSliceEnd(32, 32, 17, 2000), 64);
}

TEST(SliceEnd, IsNotTheEndBeforeAnythingIsKnown) {
  EXPECT_EQ(ChooseSliceEnd(0, 32, 0, 1'000'000), 32);
}

// As RunBatch and HalveSlices do it: a slice is `(hash & mask) = slice_at`, the rest of the chunk
// `>= slice_at`.
void WalkAChunk(std::minstd_rand& random, std::vector<int>& visits) {
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  int width = kHashSpace >> below(6);
  int64_t rows_found = 0;
  for (int at = 0; at < kHashSpace;) {
    if (width > 1 && below(8) == 0) width /= 2;  // this batch was too much at once
    const int end = ChooseSliceEnd(at, width, rows_found, 1 + below(5000));
    const int mask = kHashSpace - width;
    const bool takes_rest = end - at > width;
    ASSERT_GT(end, at);
    ASSERT_TRUE(end == at + width || end == kHashSpace) << at << " " << width;
    for (int hash = 0; hash < kHashSpace; ++hash) {
      if (takes_rest ? (hash & mask) >= at : (hash & mask) == at) {
        ++visits[static_cast<size_t>(hash)];
      }
    }
    rows_found += below(3) == 0 ? 0 : below(4000);
    at = end;
  }
}

TEST(Slices, CoverAChunkExactlyOnceWhateverIsFound) {
  std::minstd_rand random(1);
  for (int walk = 0; walk < 100; ++walk) {
    std::vector<int> visits(kHashSpace, 0);
    WalkAChunk(random, visits);
    for (size_t hash = 0; hash < visits.size(); ++hash) {
      ASSERT_EQ(visits[hash], 1) << "hash " << hash << " in walk " << walk;
    }
  }
}

BatchSizer Aimed(milliseconds target) {
  BatchSizer sizer;
  sizer.Aim(target);
  return sizer;
}

TEST(BatchSizer, BeginsModestly) { EXPECT_EQ(BatchSizer().batch_rows(), 2000); }

TEST(BatchSizer, SettlesOnWhatTheTargetAllows) {
  BatchSizer sizer = Aimed(milliseconds(100));
  for (int i = 0; i < 30; ++i) {
    sizer.Observe(sizer.batch_rows(), microseconds(sizer.batch_rows() * 20));
  }
  EXPECT_EQ(sizer.batch_rows(), 5000);
}

TEST(BatchSizer, FollowsANewTargetAtOnce) {
  BatchSizer sizer = Aimed(milliseconds(100));
  sizer.Observe(5000, milliseconds(100));
  sizer.Aim(milliseconds(20));
  EXPECT_EQ(sizer.batch_rows(), 1000);
}

TEST(BatchSizer, FollowsAServerThatBecomesSlower) {
  BatchSizer sizer = Aimed(milliseconds(100));
  for (int i = 0; i < 10; ++i) sizer.Observe(5000, milliseconds(100));
  for (int i = 0; i < 20; ++i) sizer.Observe(1000, milliseconds(100));
  EXPECT_NEAR(static_cast<double>(sizer.batch_rows()), 1000, 50);
}

TEST(BatchSizer, StaysBetweenItsBounds) {
  BatchSizer sizer = Aimed(milliseconds(100));
  for (int i = 0; i < 50; ++i) sizer.Observe(20'000, microseconds(0));
  EXPECT_EQ(sizer.batch_rows(), 50'000);
  for (int i = 0; i < 50; ++i) sizer.Observe(1, std::chrono::hours(1));
  EXPECT_EQ(sizer.batch_rows(), 100);
}

TEST(BatchSizer, TakesNoSmallBatchesOfCheapRows) {
  BatchSizer sizer = Aimed(milliseconds(1));
  for (int i = 0; i < 50; ++i) sizer.Observe(1000, milliseconds(20));
  EXPECT_EQ(sizer.batch_rows(), 500);
  for (int i = 0; i < 50; ++i) sizer.Observe(1000, milliseconds(200));
  EXPECT_EQ(sizer.batch_rows(), 250);
}

TEST(BatchSizer, LearnsNothingFromABatchWithoutRows) {
  BatchSizer sizer = Aimed(milliseconds(100));
  sizer.Observe(0, std::chrono::hours(1));
  EXPECT_EQ(sizer.batch_rows(), 2000);
}

}  // namespace
}  // namespace rung::backfill
