// Files that are not one transaction: each part is kept with its record, and an interrupted file goes on.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class NoTransaction : public testing::Test {
 protected:
  NoTransaction() {
    project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int PRIMARY KEY);\n");
    project_.RunExpecting(0, {"up"});
  }

  std::string Up(int exit) { return Masked(project_, project_.RunExpecting(exit, {"up"}).err); }

  Rows HistoryRow() {
    return project_.database.Query(
        "SELECT state, statements_done, statements_total, statement_is_open, error FROM "
        "rung.migration WHERE version = '002'");
  }

  Rows Items() { return project_.database.Query("SELECT id FROM item ORDER BY 1"); }

  Project project_;
};

TEST_F(NoTransaction, AFileThatFailsHalfWayResumesAtThatStatementWhenItIsMended) {
  project_.Write("migrations/002_steps.sql",
                 "-- rung: no-transaction\nINSERT INTO item VALUES (1);\nINSERT INTO itme VALUES "
                 "(2);\nINSERT INTO item VALUES (3);\n");
  EXPECT_EQ(Up(1), R"(002_steps: applying 3 statements one by one
002_steps: 1/3 INSERT INTO item VALUES (1)
002_steps: 2/3 INSERT INTO itme VALUES (2)
rung: migrations/002_steps.sql:3: relation "itme" does not exist [42P01]
  3 | INSERT INTO itme VALUES (2)
    |             ^
  state: statement 1 of 3 is done and kept; statement 2 is rolled back; statement 3 has not run
  next:  mend the file from line 3 on and run it again: it goes on at statement 2
)");
  EXPECT_EQ(HistoryRow(),
            (Rows{{"running", "1", "3", "f", "relation \"itme\" does not exist [42P01]"}}));
  EXPECT_NE(project_.RunExpecting(0, {"status"})
                .out.find("002_steps  migration  interrupted  after statement 1 of 3; statement 2 "
                          "(migrations/002_steps.sql:3: INSERT INTO itme VALUES (2)) failed: "
                          "relation \"itme\" does not exist [42P01]; mend it and run `rung up` to "
                          "go on there\n"),
            std::string::npos);

  project_.Write("migrations/002_steps.sql",
                 "-- rung: no-transaction\nINSERT INTO item VALUES (1);\n-- Mended.\nINSERT INTO "
                 "item VALUES (2);\n"
                 "INSERT INTO item VALUES (3);\nINSERT INTO item VALUES (4);\n");
  EXPECT_EQ(Up(0), R"(002_steps: going on at statement 2 of 4
002_steps: 2/4 INSERT INTO item VALUES (2)
002_steps: 3/4 INSERT INTO item VALUES (3)
002_steps: 4/4 INSERT INTO item VALUES (4)
002_steps: applied, 4 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(Items(), (Rows{{"1"}, {"2"}, {"3"}, {"4"}}));
  EXPECT_EQ(HistoryRow(), (Rows{{"applied", "4", "4", "f", "NULL"}}));
}

TEST_F(NoTransaction, AFileWhosePartThatRanWasChangedIsRefused) {
  project_.Write("migrations/002_steps.sql",
                 "-- rung: no-transaction\nINSERT INTO item VALUES (1);\nSELECT nothing;\n");
  Up(1);
  project_.Write("migrations/002_steps.sql",
                 "-- rung: no-transaction\nINSERT INTO item VALUES (9);\nSELECT 1;\n");
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(Up(1),
            R"(rung: migrations/002_steps.sql: changed in its first statement, which is already done
  statement 1 of 2 differs, line 2: INSERT INTO item VALUES (9)
  it was, in line 2: INSERT INTO item VALUES (1)
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
  project_.Write("migrations/002_steps.sql", "-- rung: no-transaction\n");
  Up(1);
  std::filesystem::remove(project_.directory.path() / "migrations/002_steps.sql");
  EXPECT_EQ(Up(1), R"(rung: 002_steps: begun, but its file is missing
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(NoTransaction, AFileOfTwoBlocksWhoseSecondFailsKeepsTheFirst) {
  project_.Write("migrations/002_blocks.sql",
                 "BEGIN;\nINSERT INTO item VALUES (1);\nINSERT INTO item VALUES (2);\nCOMMIT;\n\n"
                 "BEGIN;\nINSERT INTO item VALUES (3);\nINSERT INTO item VALUES (2);\nCOMMIT;\n");
  EXPECT_EQ(Up(1), R"(002_blocks: applying 4 statements one by one
rung: migrations/002_blocks.sql:8: duplicate key value violates unique constraint "item_pkey" [23505]
  INSERT INTO item VALUES (2)
  detail: Key (id)=(2) already exists.
  state: statements 1 to 2 of 4 are done and kept; statements 3 to 4 are rolled back
  next:  mend the file from line 7 on and run it again: it goes on at statement 3
)");
  EXPECT_EQ(Items(), (Rows{{"1"}, {"2"}}));
  EXPECT_EQ(HistoryRow(),
            (Rows{{"running", "2", "4", "f",
                   "duplicate key value violates unique constraint \"item_pkey\" [23505]"}}));
  project_.Write("migrations/002_blocks.sql",
                 "BEGIN;\nINSERT INTO item VALUES (1);\nINSERT INTO item VALUES (2);\nCOMMIT;\n\n"
                 "BEGIN;\nINSERT INTO item VALUES (3);\nINSERT INTO item VALUES (4);\nCOMMIT;\n");
  EXPECT_EQ(Up(0), R"(002_blocks: going on at statement 3 of 4
002_blocks: applied, 4 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(Items(), (Rows{{"1"}, {"2"}, {"3"}, {"4"}}));
}

TEST_F(NoTransaction, ASingleBlockAroundTheFileIsTheFilesTransaction) {
  project_.Write("migrations/002_block.sql",
                 "BEGIN;\nINSERT INTO item VALUES (1);\nINSERT INTO item VALUES (1);\nCOMMIT;\n");
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(
      Up(1),
      R"(rung: migrations/002_block.sql:3: duplicate key value violates unique constraint "item_pkey" [23505]
  INSERT INTO item VALUES (1)
  detail: Key (id)=(1) already exists.
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(NoTransaction, StatementsAroundABlockAreUnitsOfTheirOwn) {
  project_.Write(
      "migrations/002_mixed.sql",
      "INSERT INTO item VALUES (1);\nBEGIN;\nINSERT INTO item VALUES (2);\nCOMMIT;\nVACUUM item;\n"
      "INSERT INTO item VALUES (1);\n");
  EXPECT_EQ(Up(1), R"(002_mixed: applying 4 statements one by one
002_mixed: 3/4 VACUUM item
rung: migrations/002_mixed.sql:6: duplicate key value violates unique constraint "item_pkey" [23505]
  INSERT INTO item VALUES (1)
  detail: Key (id)=(1) already exists.
  state: statements 1 to 3 of 4 are done and kept; statement 4 is rolled back
  next:  mend the file from line 6 on and run it again: it goes on at statement 4
)");
  EXPECT_EQ(Items(), (Rows{{"1"}, {"2"}}));
}

TEST_F(NoTransaction, ANewEnumValueMayBeUsedByTheNextStatement) {
  project_.Write("migrations/002_mood.sql",
                 "-- rung: no-transaction\nCREATE TYPE mood AS ENUM ('sad');\nALTER TYPE mood ADD "
                 "VALUE 'glad';\n"
                 "CREATE TABLE feeling (m mood DEFAULT 'glad');\n");
  Up(0);
  EXPECT_EQ(HistoryRow(), (Rows{{"applied", "3", "3", "f", "NULL"}}));
}

}  // namespace
}  // namespace rung::test
