#include "cli/statement_line.h"

#include <gtest/gtest.h>

namespace rung::cli {
namespace {

TEST(StatementLine, IsDueInALogAfterTwoSecondsThenFiveThenEveryThirty) {
  std::vector<int> due;
  std::chrono::milliseconds told{0};
  for (int second = 1; second <= 100; ++second) {
    if (!IsLineDue(std::chrono::seconds(second), told)) continue;
    due.push_back(second);
    told = std::chrono::seconds(second);
  }
  EXPECT_EQ(due, (std::vector<int>{2, 5, 35, 65, 95}));
}

}  // namespace
}  // namespace rung::cli
