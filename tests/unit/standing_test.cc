#include "migrate/standing.h"

#include <gtest/gtest.h>

#include "support/project.h"

namespace rung::migrate {
namespace {

class Standing : public testing::Test {
 protected:
  // The only migration of a directory with this text.
  const Migration& Read(const char* text) {
    directory_.Write("2_steps.sql", text);
    migrations_ = ReadMigrations(directory_.path());
    return migrations_.at(0);
  }

  const Migration& ReadSteps() {
    return Read("SELECT 1;\n\nVACUUM item;\nBEGIN;\nSELECT 3;\nSELECT 4;\nCOMMIT;\n");
  }

  test::TempDirectory directory_;
  std::vector<Migration> migrations_;
};

TEST_F(Standing, TellsWhatIsKeptWhatIsNotAndWhatHasNotRun) {
  const Migration& steps = ReadSteps();
  EXPECT_EQ(DescribeState(steps, 0, steps.units[0], "has failed"),
            "no statement of this file is kept; statement 1 is rolled back; statements 2 to 4 have "
            "not run");
  EXPECT_EQ(DescribeState(steps, 1, steps.units[1], "has failed"),
            "statement 1 of 4 is done and kept; statement 2 has failed; statements 3 to 4 have not "
            "run");
  EXPECT_EQ(DescribeState(steps, 2, steps.units[2], "has failed"),
            "statements 1 to 2 of 4 are done and kept; statements 3 to 4 are rolled back");
  EXPECT_EQ(NextAfterFailure(steps, 1),
            "mend the file from line 3 on and run it again: it goes on at statement 2");
}

TEST_F(Standing, OfAFileInOneTransactionIsThatNothingIsKept) {
  const Migration& file = Read("SELECT 1;\nSELECT 2;\n");
  EXPECT_EQ(DescribeState(file, 0, file.units[0], ""),
            "this file is rolled back; everything before it is applied");
  EXPECT_EQ(NextAfterFailure(file, 0), "mend the file and run it again");
}

TEST_F(Standing, OfAnInterruptedFileSaysWhatToType) {
  const Migration& steps = ReadSteps();
  HistoryRow row{steps.version, "steps", "", "", false, 1, 4, false, "", "", "", {}};
  EXPECT_EQ(DescribeInterrupted(steps, row), "after statement 1 of 4; statement 2 (" + steps.path +
                                                 ":3: VACUUM item) is next; run "
                                                 "`rung up` to go on");
  row.error = "out of luck [P0001]";
  EXPECT_EQ(DescribeInterrupted(steps, row),
            "after statement 1 of 4; statement 2 (" + steps.path +
                ":3: VACUUM item) failed: out "
                "of luck [P0001]; mend it and run `rung up` to go on there");
  row.statement_is_open = true;
  EXPECT_EQ(DescribeInterrupted(steps, row),
            "after statement 1 of 4; statement 2 (" + steps.path +
                ":3: VACUUM item) was begun "
                "and its end is not known; `rung up` finds out, or asks");
}

}  // namespace
}  // namespace rung::migrate
