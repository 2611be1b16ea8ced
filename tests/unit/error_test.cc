#include "core/error.h"

#include <gtest/gtest.h>

namespace rung::core {
namespace {

TEST(Error, TellsPlaceCauseStateAndNextStep) {
  const Error error(Failure::kFailed,
                    Problem{"migrations/031_add_status.sql:4",
                            "syntax error at or near \"TABEL\" [42601]",
                            {"4 | ALTER TABEL users", "  |       ^"}},
                    "this file is rolled back", "mend the file and run it again");
  EXPECT_STREQ(error.what(),
               R"(rung: migrations/031_add_status.sql:4: syntax error at or near "TABEL" [42601]
  4 | ALTER TABEL users
    |       ^
  state: this file is rolled back
  next:  mend the file and run it again
)");
}

TEST(Error, ShowsSeveralProblemsAboveOneStateAndOneNextStep) {
  const std::vector<Problem> problems = {{"a.sql", "byte 3 is NUL", {}}, {"b.sql", "is empty", {}}};
  const Error error(Failure::kUsage, problems, "nothing was run", "correct the files");
  EXPECT_STREQ(error.what(), R"(rung: a.sql: byte 3 is NUL
rung: b.sql: is empty
  state: nothing was run
  next:  correct the files
)");
}

TEST(Error, LeavesOutWhatIsNotKnown) {
  EXPECT_STREQ(Error(Failure::kUsage, Problem{"", "no command", {}}, "", "").what(),
               "rung: no command\n");
}

TEST(Error, KeepsItsPartsForPrograms) {
  const Error error(Failure::kBusy, Problem{"lock", "held", {}}, "state", "next");
  EXPECT_EQ(error.failure(), Failure::kBusy);
  ASSERT_EQ(error.problems().size(), 1u);
  EXPECT_EQ(error.problems()[0].where, "lock");
  EXPECT_EQ(error.problems()[0].what, "held");
  EXPECT_EQ(error.state(), "state");
  EXPECT_EQ(error.next(), "next");
}

}  // namespace
}  // namespace rung::core
