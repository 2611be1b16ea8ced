// SQL that the server or the rules of a migration refuse: named by file and line, and nothing of it kept.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

class BadSql : public testing::Test {
 protected:
  BadSql() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int PRIMARY KEY, name text);\n"
                   "INSERT INTO item VALUES (1, 'one'), (2, 'two');\n");
    project_.RunExpecting(0, {"up"});
    before_ = Fingerprint(project_.database);
  }

  // What `up` tells of 002, which must leave the database as it was.
  std::string Failure(const std::string& sql, int exit = 1) {
    project_.Write("migrations/002_bad.sql", sql);
    const Result result = project_.RunExpecting(exit, {"up"});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(Fingerprint(project_.database), before_);
    return Masked(project_, result.err);
  }

  Project project_;
  std::string before_;
};

TEST_F(BadSql, ASyntaxErrorInTheThirdStatementIsShownWithItsLineAndACaret) {
  EXPECT_EQ(Failure(R"(-- Three statements, the last one mistyped.
ALTER TABLE item ADD COLUMN org text;

UPDATE item SET org = 'org_' || id;

ALTER TABLE item
  ADD COLUM status text NOT NULL DEFAULT 'nèw';
)"),
            R"(rung: migrations/002_bad.sql:7: syntax error at or near "text" [42601]
  7 |   ADD COLUM status text NOT NULL DEFAULT 'nèw'
    |                    ^
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
}

TEST_F(BadSql, AStatementThatBeginsWithNoKnownWordIsAnErrorToo) {
  EXPECT_EQ(Failure("SELECT 1;\nSELECT 2;\nSELEC 3;\n"),
            R"(rung: migrations/002_bad.sql:3: syntax error at or near "SELEC" [42601]
  3 | SELEC 3
    | ^
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
}

TEST_F(BadSql, AnOpenQuoteIsRefusedBeforeAnythingConnects) {
  EXPECT_EQ(Failure("ALTER TABLE item ADD COLUMN org text;\nUPDATE item SET org = 'org;\n", 2),
            R"(rung: migrations/002_bad.sql:2: unterminated quoted string
  2 | UPDATE item SET org = 'org;
    |                       ^
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadSql, TheCaretStandsBelowTheRightCharacterAfterWideOnesAndTabs) {
  // The last of these characters takes two columns of a terminal.
  EXPECT_EQ(Failure("SELECT 'ключ – 鍵', nope FROM item;\n"),
            R"(rung: migrations/002_bad.sql:1: column "nope" does not exist [42703]
  1 | SELECT 'ключ – 鍵', nope FROM item
    |                     ^
  hint: Perhaps you meant to reference the column "item.name".
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
  EXPECT_EQ(Failure("SELECT\n\t\tnope FROM item;\n"),
            R"(rung: migrations/002_bad.sql:2: column "nope" does not exist [42703]
  2 |   nope FROM item
    |   ^
  hint: Perhaps you meant to reference the column "item.name".
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
}

TEST_F(BadSql, AnErrorWithoutAPlaceShowsItsStatementAndTheServersDetail) {
  EXPECT_EQ(
      Failure("ALTER TABLE item ADD COLUMN org text;\n\n-- Once\n-- more.\nINSERT INTO item VALUES "
              "(2, 'again');\n"),
      R"(rung: migrations/002_bad.sql:5: duplicate key value violates unique constraint "item_pkey" [23505]
  INSERT INTO item VALUES (2, 'again')
  detail: Key (id)=(2) already exists.
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
}

TEST_F(BadSql, AnErrorInsideAFunctionShowsWhere) {
  EXPECT_EQ(Failure(R"(SELECT 1;
DO $$
BEGIN
  RAISE EXCEPTION 'not today' USING HINT = 'tomorrow';
END $$;
)"),
            R"(rung: migrations/002_bad.sql:2: not today [P0001]
  DO $$
  hint: tomorrow
  context: PL/pgSQL function inline_code_block line 3 at RAISE
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
}

TEST_F(BadSql, AConstraintThatFailsAtCommitKeepsNothing) {
  EXPECT_EQ(
      Failure(R"(CREATE TABLE part (
  item int REFERENCES item DEFERRABLE INITIALLY DEFERRED
);
INSERT INTO part VALUES (99);
)"),
      R"(rung: migrations/002_bad.sql: insert or update on table "part" violates foreign key constraint "part_item_fkey" [23503]
  detail: Key (item)=(99) is not present in table "item".
  state: this file is rolled back; everything before it is applied
  next:  look at the cause, then run it again
)");
  EXPECT_EQ(project_.database.Query("SELECT version, state FROM rung.migration"),
            (std::vector<std::vector<std::string>>{{"001", "applied"}}));
}

TEST_F(BadSql, ARollbackInsideAFileIsRefusedBeforeAnythingConnects) {
  EXPECT_EQ(Failure("ALTER TABLE item ADD COLUMN org text;\n\nROLLBACK;\n", 2),
            R"(rung: migrations/002_bad.sql:3: a ROLLBACK would undo what the history records
  ROLLBACK
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadSql, ARollbackInADoBlockInsideABlockIsRefusedBeforeAnythingConnects) {
  EXPECT_EQ(
      Failure(
          "BEGIN;\nALTER TABLE item ADD COLUMN org text;\nDO $$ BEGIN ROLLBACK; END $$;\nCOMMIT;\n",
          2),
      R"(rung: migrations/002_bad.sql:3: a DO block that commits cannot run inside the transaction block of line 1
  DO $$ BEGIN ROLLBACK; END $$
  state: nothing was run
  next:  correct the files and run it again
)");
}

// A file that is no SQL as a whole is read statement by statement.
TEST_F(BadSql, ARollbackBesideASyntaxErrorIsRefusedAsWell) {
  EXPECT_EQ(Failure("ALTER TABLE item ADD COLUMN org text;\nROLLBACK;\n"
                    "ALTER TABLE item ADD COLUMN kept text;\nSELECT * FORM item;\n",
                    2),
            R"(rung: migrations/002_bad.sql:2: a ROLLBACK would undo what the history records
  ROLLBACK
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadSql, ACommitBesideASyntaxErrorKeepsNothingOfTheFile) {
  Failure("ALTER TABLE item ADD COLUMN org text;\nCOMMIT;\nSELECT * FORM item;\n");
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.migration"), "1");
}

TEST_F(BadSql, TransactionControlThatCannotBeUnderstoodIsRefused) {
  EXPECT_EQ(
      Failure("BEGIN;\nALTER TABLE item ADD COLUMN org text;\n", 2),
      R"(rung: migrations/002_bad.sql:1: a BEGIN without a COMMIT: nothing of the file would be kept
  state: nothing was run
  next:  correct the files and run it again
)");
  EXPECT_EQ(
      Failure("BEGIN;\nCREATE INDEX CONCURRENTLY i ON item (name);\nCOMMIT;\n", 2),
      R"(rung: migrations/002_bad.sql:2: CREATE INDEX CONCURRENTLY cannot run inside the transaction block of line 1
  CREATE INDEX CONCURRENTLY i ON item (name)
  state: nothing was run
  next:  correct the files and run it again
)");
  EXPECT_EQ(Failure("BEGIN;\nSELECT 1;\nPREPARE TRANSACTION 'x';\n", 2),
            R"(rung: migrations/002_bad.sql:3: a prepared transaction outlives the file
  PREPARE TRANSACTION 'x'
  state: nothing was run
  next:  correct the files and run it again
)");
}

}  // namespace
}  // namespace rung::test
