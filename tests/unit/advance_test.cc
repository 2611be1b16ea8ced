#include "backfill/advance.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::backfill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

FillRow Row(size_t position, FillState state) {
  FillRow row;
  row.position = position;
  row.state = state;
  return row;
}

FillRow Pending(size_t position) { return Row(position, FillState::kPending); }
FillRow Complete(size_t position) { return Row(position, FillState::kComplete); }
FillRow Sweeping(size_t position) { return Row(position, FillState::kSweeping); }

FillRow Swept(size_t position, int64_t open_chunks) {
  FillRow row = Sweeping(position);
  row.is_swept = true;
  row.open_chunks = open_chunks;
  return row;
}

const std::vector<std::vector<size_t>> kIndependent = {{}, {}, {}, {}};

TEST(ChooseFills, CutsThenVerifiesThenStarts) {
  EXPECT_THAT(ChooseFills({Pending(0), Swept(1, 0), Sweeping(2)}, kIndependent),
              ElementsAre(2, 1, 0));
}

TEST(ChooseFills, KeepsTheOrderOfTheFileAmongEquals) {
  EXPECT_THAT(ChooseFills({Pending(0), Sweeping(1), Pending(2), Sweeping(3)}, kIndependent),
              ElementsAre(1, 3, 0, 2));
}

TEST(ChooseFills, LeavesASweptFillAloneWhileChunksAreOpen) {
  EXPECT_THAT(ChooseFills({Swept(0, 1)}, kIndependent), IsEmpty());
}

TEST(ChooseFills, CutsFurtherChunksWhileOthersAreOpen) {
  FillRow row = Sweeping(0);
  row.open_chunks = 3;
  EXPECT_THAT(ChooseFills({row}, kIndependent), ElementsAre(0));
}

TEST(ChooseFills, HasNothingToDoForCompleteFills) {
  EXPECT_THAT(ChooseFills({Complete(0), Complete(1)}, kIndependent), IsEmpty());
  EXPECT_THAT(ChooseFills({}, {}), IsEmpty());
}

TEST(ChooseFills, StartsAFillOnlyWhenThoseItReadsAreComplete) {
  const std::vector<std::vector<size_t>> waits_for = {{1}, {}};
  EXPECT_THAT(ChooseFills({Pending(0), Pending(1)}, waits_for), ElementsAre(1));
  EXPECT_THAT(ChooseFills({Pending(0), Sweeping(1)}, waits_for), ElementsAre(1));
  EXPECT_THAT(ChooseFills({Pending(0), Swept(1, 0)}, waits_for), ElementsAre(1));
  EXPECT_THAT(ChooseFills({Pending(0), Complete(1)}, waits_for), ElementsAre(0));
}

TEST(ChooseFills, WaitsForEveryRelationOfAFill) {
  const std::vector<std::vector<size_t>> waits_for = {{}, {0}};
  EXPECT_THAT(ChooseFills({Complete(0), Swept(0, 2), Pending(1)}, waits_for), IsEmpty());
  EXPECT_THAT(ChooseFills({Complete(0), Complete(0), Pending(1), Pending(1)}, waits_for),
              ElementsAre(2, 3));
}

// What was verified again before its source was would be complete too early.
TEST(ChooseFills, VerifiesAFillOnlyWhenThoseItReadsAreComplete) {
  EXPECT_THAT(ChooseFills({Swept(0, 0), Swept(1, 0)}, {{1}, {}}), ElementsAre(1));
  EXPECT_THAT(ChooseFills({Swept(0, 0), Complete(1)}, {{1}, {}}), ElementsAre(0));
}

TEST(ChooseFills, GoesOnWithAFillThatWasBegunBeforeWhatItReads) {
  EXPECT_THAT(ChooseFills({Sweeping(0), Pending(1)}, {{1}, {}}), ElementsAre(0, 1));
}

TEST(ShareDone, IsThePartOfThePagesThatAreDone) {
  FillRow row = Sweeping(0);
  row.sweep = "page sweep";
  row.upper_page = 1000;
  row.cursor_page = 400;
  row.open_pages_left = 150;
  EXPECT_DOUBLE_EQ(ShareDone(row), 0.25);
}

TEST(ShareDone, OfAKeySweepIsThePartOfTheRowsAndNeverAllBeforeItsEnd) {
  FillRow row = Sweeping(0);
  row.sweep = "key sweep";
  row.rows_estimate = 1000;
  row.rows_passed = 250;
  EXPECT_DOUBLE_EQ(ShareDone(row), 0.25);
  row.rows_passed = 5000;
  EXPECT_DOUBLE_EQ(ShareDone(row), 0.99);
  row.rows_estimate = 0;
  EXPECT_DOUBLE_EQ(ShareDone(row), 0.99);
  row.is_swept = true;
  EXPECT_DOUBLE_EQ(ShareDone(row), 1);
}

TEST(ShareDone, IsNoneBeforeTheStartAndAllAtTheEnd) {
  EXPECT_DOUBLE_EQ(ShareDone(Pending(0)), 0);
  EXPECT_DOUBLE_EQ(ShareDone(Complete(0)), 1);
  FillRow empty = Sweeping(0);
  empty.sweep = "page sweep";
  EXPECT_DOUBLE_EQ(ShareDone(empty), 1);
}

}  // namespace
}  // namespace rung::backfill
