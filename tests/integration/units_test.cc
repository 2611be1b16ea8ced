// Statements that bear on later ones, on a server: files run as they are.

#include <gtest/gtest.h>

#include "integration/masked.h"

namespace rung::test {
namespace {

class Units : public testing::Test {
 protected:
  Project project_;
};

TEST_F(Units, ANewEnumValueIsThereForTheStatementsBehindIt) {
  project_.Write("migrations/001_mood.sql",
                 "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE item (mood mood);\n"
                 "INSERT INTO item VALUES ('sad');\n");
  project_.Write("migrations/002_glad.sql",
                 "ALTER TYPE mood ADD VALUE 'glad';\nUPDATE item SET mood = 'glad';\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT mood FROM item"), "glad");
}

TEST_F(Units, AProcedureThatCommitsIsCalledOutsideOfATransaction) {
  project_.Write("migrations/001_fill.sql",
                 "CREATE TABLE item (a int);\n"
                 "CREATE PROCEDURE fill() LANGUAGE plpgsql AS $$\n"
                 "BEGIN\n  INSERT INTO item VALUES (1);\n  COMMIT;\n"
                 "  INSERT INTO item VALUES (2);\n  ROLLBACK;\nEND $$;\n");
  project_.Write("migrations/002_call.sql", "CALL fill();\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT sum(a) FROM item"), "1");
}

TEST_F(Units, ADoBlockThatCommitsRunsWhereTheFileAsksForIt) {
  project_.Write("migrations/001_item.sql",
                 "-- rung: no-transaction\nCREATE TABLE item (a int);\n"
                 "DO $$ BEGIN INSERT INTO item VALUES (1); COMMIT; END $$;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT sum(a) FROM item"), "1");
}

TEST_F(Units, FilesOfCommentsAloneAndEmptyOnesAreRecorded) {
  project_.Write("migrations/001_empty.sql", "");
  project_.Write("migrations/002_comment.sql", "-- nothing yet\n/* ; */\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(
      project_.database.Query("SELECT version, state, statements_total FROM rung.migration"),
      (std::vector<std::vector<std::string>>{{"001", "applied", "0"}, {"002", "applied", "0"}}));
}

}  // namespace
}  // namespace rung::test
