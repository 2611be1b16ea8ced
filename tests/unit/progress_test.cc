#include "cli/progress.h"

#include <gtest/gtest.h>

namespace rung::cli {
namespace {

using backfill::FillRow;
using backfill::FillState;

FillRow Row(const std::string& relation, FillState state, int64_t rows_estimate) {
  FillRow row;
  row.relation = relation;
  row.sweep = "page sweep";
  row.state = state;
  row.rows_estimate = rows_estimate;
  return row;
}

FillRow Half(const std::string& relation, int64_t rows_estimate) {
  FillRow row = Row(relation, FillState::kSweeping, rows_estimate);
  row.upper_page = 100;
  row.cursor_page = 50;
  return row;
}

TEST(Progress, WeighsTablesByTheirRows) {
  const BackfillProgress progress =
      Summarize({Row("public.a", FillState::kComplete, 900),
                 Row("public.b", FillState::kPending, 50), Half("public.c", 50)});
  EXPECT_DOUBLE_EQ(progress.share, 0.925);
  EXPECT_EQ(progress.fills, 3);
  EXPECT_EQ(progress.fills_complete, 1);
  EXPECT_EQ(progress.now, "c");
}

TEST(Progress, AddsUpWhatAllTablesHave) {
  FillRow a = Half("public.a", 10);
  a.rows_filled = 1000;
  a.rows_per_second = 20;
  a.workers = 2;
  FillRow b = Half("public.b", 10);
  b.rows_filled = 234;
  b.rows_per_second = 5;
  b.workers = 1;
  const BackfillProgress progress = Summarize({a, b});
  EXPECT_EQ(progress.rows_filled, 1234);
  EXPECT_DOUBLE_EQ(progress.rows_per_second, 25);
  EXPECT_EQ(progress.workers, 2);
}

TEST(Progress, NamesAtMostThreeTables) {
  EXPECT_EQ(
      Summarize({Half("public.a", 1), Half("app.b", 1), Half("public.c", 1), Half("public.d", 1)})
          .now,
      "a, app.b, c");
}

TEST(Progress, IsWholeWithoutTables) {
  EXPECT_DOUBLE_EQ(Summarize({}).share, 1);
  EXPECT_DOUBLE_EQ(Summarize({Row("a", FillState::kComplete, 0)}).share, 1);
  EXPECT_DOUBLE_EQ(Summarize({Row("a", FillState::kPending, 0)}).share, 0);
}

}  // namespace
}  // namespace rung::cli
