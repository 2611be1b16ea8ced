#include "migrate/statement_difference.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/project.h"

namespace rung::migrate {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StatementDifference : public testing::Test {
 protected:
  Migration Read(const std::string& text) {
    directory_.Write("1_steps.sql", text);
    return ReadMigrations(directory_.path()).at(0);
  }

  // What was applied, then the file as it is now.
  std::vector<std::string> Between(const std::string& before, const std::string& now) {
    const Migration applied = Read(before);
    const int count = static_cast<int>(applied.statements.size());
    return DescribeDifference(Recorded(applied, count), count, Read(now));
  }

  static std::vector<RecordedStatement> Recorded(const Migration& migration, int count) {
    return DescribeStatements(migration, 0, count, [](const std::string& text) { return text; });
  }

  test::TempDirectory directory_;
};

constexpr const char* kThree = "SELECT 1;\nSELECT 2;\nSELECT 3;\n";

TEST_F(StatementDifference, IsTheFirstStatementThatDiffers) {
  EXPECT_THAT(
      Between(kThree, "SELECT 1;\n\nSELECT 22;\nSELECT 33;\n"),
      ElementsAre("statement 2 of 3 differs, line 3: SELECT 22", "it was, in line 2: SELECT 2"));
}

TEST_F(StatementDifference, IsNotInWhiteSpaceAndComments) {
  EXPECT_THAT(
      Between(kThree, "-- One.\nSELECT\n  1;\nSELECT 2 /* two */;\nSELECT 4;\n"),
      ElementsAre("statement 3 of 3 differs, line 5: SELECT 4", "it was, in line 3: SELECT 3"));
}

TEST_F(StatementDifference, IsAStatementPutInBetween) {
  EXPECT_THAT(Between(kThree, "SELECT 1;\nSELECT 9;\nSELECT 2;\nSELECT 3;\n"),
              ElementsAre("statement 2 of 4 is new, line 2: SELECT 9"));
  EXPECT_THAT(Between(kThree, "SELECT 8;\nSELECT 9;\nSELECT 1;\nSELECT 2;\nSELECT 3;\n"),
              ElementsAre("statements 1 to 2 of 5 are new, line 1: SELECT 8"));
  EXPECT_THAT(Between(kThree, "SELECT 1;\nSELECT 2;\nSELECT 3;\nSELECT 4;\n"),
              ElementsAre("statement 4 of 4 is new, line 4: SELECT 4"));
}

TEST_F(StatementDifference, IsAStatementTakenOut) {
  EXPECT_THAT(Between(kThree, "SELECT 1;\nSELECT 3;\n"),
              ElementsAre("statement 2 of 3 is gone, it was in line 2: SELECT 2"));
  EXPECT_THAT(Between(kThree, "SELECT 1;\n"),
              ElementsAre("statements 2 to 3 of 3 are gone, they began in line 2: SELECT 2"));
  EXPECT_THAT(Between(kThree, "-- nothing\n"),
              ElementsAre("statements 1 to 3 of 3 are gone, they began in line 1: SELECT 1"));
}

TEST_F(StatementDifference, TellsTheirNumbersWhereMoreThanThatHasChanged) {
  EXPECT_THAT(Between(kThree, "SELECT 7;\nSELECT 8;\n"),
              ElementsAre("statement 1 of 2 differs, line 1: SELECT 7",
                          "it was, in line 1: SELECT 1", "the file had 3 statements, and has 2"));
}

TEST_F(StatementDifference, MayBeInTheFilesOwnTransaction) {
  EXPECT_THAT(Between(kThree, "BEGIN;\nSELECT 1;\nSELECT 2;\nSELECT 3;\nCOMMIT;\n"),
              ElementsAre("every statement is the same: its BEGIN or COMMIT differs"));
}

TEST_F(StatementDifference, MayBeInTheDataOfACopy) {
  EXPECT_THAT(Between("COPY item FROM stdin;\n1\n\\.\n", "COPY item FROM stdin;\n2\n\\.\n"),
              ElementsAre("statement 1 of 1 differs, line 1: COPY item FROM stdin",
                          "it was, in line 1: COPY item FROM stdin"));
}

TEST_F(StatementDifference, IsNotKnownWhereNothingWasKept) {
  EXPECT_THAT(DescribeDifference({}, 3, Read(kThree)), IsEmpty());
}

TEST_F(StatementDifference, OfTheDonePartIsInThatAlone) {
  const auto recorded = Recorded(Read(kThree), 2);
  EXPECT_TRUE(HasSameStart(recorded, Read("SELECT 1;\n-- Two.\nSELECT 2;\nSELECT 9;\n"), 2));
  EXPECT_THAT(DescribeDifferenceInStart(recorded, Read("SELECT 1;\nSELECT 2;\nSELECT 9;\n")),
              IsEmpty());
  EXPECT_FALSE(HasSameStart(recorded, Read("SELECT 1;\nSELECT 9;\n"), 2));
  EXPECT_THAT(
      DescribeDifferenceInStart(recorded, Read("SELECT 1;\nSELECT 9;\n")),
      ElementsAre("statement 2 of 2 differs, line 2: SELECT 9", "it was, in line 2: SELECT 2"));
  EXPECT_FALSE(HasSameStart(recorded, Read("SELECT 1;\n"), 2));
  EXPECT_THAT(DescribeDifferenceInStart(recorded, Read("SELECT 1;\n")),
              ElementsAre("statement 2 is gone, it was in line 2: SELECT 2"));
}

TEST_F(StatementDifference, BehindWhatIsKeptIsToldAsSuch) {
  std::string many;
  for (int i = 0; i <= kMostKept; ++i) many += "SELECT 1;\n";
  EXPECT_THAT(Between(many, many + "SELECT 2;\n"),
              ElementsAre("the first 10000 statements are the same, a later one differs"));
}

TEST_F(StatementDifference, ShowsAVeryLongLineCut) {
  const std::string long_line = "SELECT '" + std::string(300, 'x') + "'";
  EXPECT_EQ(ShortHead(Read(long_line + ";\n").statements[0], [](const auto& text) { return text; }),
            long_line.substr(0, 200) + "…");
}

}  // namespace
}  // namespace rung::migrate
