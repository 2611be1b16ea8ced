// What of a file is kept together where one statement bears on another.
#include "migrate/units.h"

#include <gtest/gtest.h>

#include "migrate/migration.h"
#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::migrate {
namespace {

class UnitsTest : public ::testing::Test {
 protected:
  UnitsTest() { std::filesystem::create_directory("migrations"); }

  void Write(std::string_view name, std::string_view text) const {
    directory_.Write("migrations/" + std::string(name), text);
  }

  // The units of the last file, "0-2 3-4 bare".
  static std::string Units() {
    const std::vector<Migration> migrations = ReadMigrations("migrations");
    std::string units;
    for (const Unit& unit : migrations.back().units) {
      units += (units.empty() ? "" : ", ") + std::to_string(unit.begin) + "-" +
               std::to_string(unit.end) + (unit.in_transaction ? "" : " bare");
    }
    return units;
  }

  std::string Units(std::string_view text) const {
    Write("001_a.sql", text);
    return Units();
  }

  static std::string Refusal() {
    return test::Refusal([] { ReadMigrations("migrations"); });
  }

  test::WorkingDirectory directory_;
};

TEST_F(UnitsTest, EndBeforeTheFirstUseOfANewEnumValue) {
  EXPECT_EQ(Units("SELECT 1; ALTER TYPE mood ADD VALUE 'glad'; SELECT 2; "
                  "UPDATE t SET mood = 'glad'; SELECT 3;"),
            "0-3, 3-5");
  EXPECT_EQ(Units("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'it''s' AFTER 'sad'; "
                  "CREATE FUNCTION f() RETURNS mood LANGUAGE sql AS $$ SELECT 'it''s'::mood $$;"),
            "0-1, 1-2");
}

TEST_F(UnitsTest, EndOnceForSeveralNewValues) {
  EXPECT_EQ(Units("ALTER TYPE mood ADD VALUE 'a'; ALTER TYPE mood ADD VALUE 'b' AFTER 'a'; "
                  "SELECT 'a'::mood; SELECT 'b'::mood;"),
            "0-2, 2-4");
  EXPECT_EQ(Units("ALTER TYPE mood ADD VALUE 'a'; SELECT 'a'::mood; "
                  "ALTER TYPE mood ADD VALUE 'b'; SELECT 'b'::mood;"),
            "0-1, 1-3, 3-4");
}

TEST_F(UnitsTest, StayWholeWhereANewValueIsNotUsed) {
  EXPECT_EQ(Units("ALTER TYPE mood ADD VALUE 'glad'; SELECT 'gladly', glad FROM t;"), "0-2");
  EXPECT_EQ(Units("ALTER TYPE mood RENAME VALUE 'a' TO 'b'; SELECT 'b'::mood;"), "0-2");
}

// PostgreSQL 17 would allow it in one transaction, those before it refuse it.
TEST_F(UnitsTest, EndBeforeThatUseAlsoWhereTheTypeIsOfTheSameFile) {
  EXPECT_EQ(Units("CREATE TYPE app.mood AS ENUM ('a'); ALTER TYPE app.mood ADD VALUE 'b'; "
                  "SELECT 'b'::app.mood;"),
            "0-2, 2-3");
}

TEST_F(UnitsTest, LeaveTheFilesOwnBlockAlone) {
  EXPECT_EQ(Units("BEGIN; ALTER TYPE mood ADD VALUE 'a'; COMMIT; SELECT 'a'::mood;"), "0-1, 1-2");
  EXPECT_EQ(Units("BEGIN; ALTER TYPE mood ADD VALUE 'a'; SELECT 'a'::mood; COMMIT;"), "0-2");
}

TEST_F(UnitsTest, TakeOverTheModesOfTheFilesOwnBlocks) {
  Write("001_a.sql",
        "BEGIN ISOLATION LEVEL repeatable read, READ ONLY; SELECT 1; COMMIT;\n"
        "START TRANSACTION READ WRITE ISOLATION LEVEL SERIALIZABLE NOT DEFERRABLE; SELECT 2; END;\n"
        "BEGIN WORK; SELECT 3; COMMIT;");
  const std::vector<Migration> migrations = ReadMigrations("migrations");
  std::vector<std::string> modes;
  for (const Unit& unit : migrations[0].units) modes.push_back(unit.modes);
  EXPECT_EQ(modes, (std::vector<std::string>{
                       "ISOLATION LEVEL repeatable read, READ ONLY",
                       "READ WRITE, ISOLATION LEVEL serializable, NOT DEFERRABLE", ""}));
}

TEST_F(UnitsTest, CallAProcedureThatCommitsOutsideOfATransaction) {
  Write("001_fill.sql",
        "CREATE PROCEDURE app.fill() LANGUAGE plpgsql AS $$\n"
        "BEGIN\n  FOR i IN 1..3 LOOP\n    UPDATE t SET a = i;\n    COMMIT AND CHAIN;\n  END LOOP;\n"
        "END $$;\n");
  Write("002_all.sql",
        "CREATE OR REPLACE PROCEDURE fill_all() LANGUAGE plpgsql AS 'BEGIN CALL app.fill(); END';");
  Write("003_call.sql", "SELECT 1; CALL fill(); CALL other.fill(); CALL fill_all();");
  EXPECT_EQ(Units(), "0-1, 1-2 bare, 2-3, 3-4 bare");
}

TEST_F(UnitsTest, CallOtherProceduresInTheTransaction) {
  Write("001_p.sql",
        "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'COMMIT;'; -- ROLLBACK;\n"
        "INSERT INTO log (commit) VALUES (1); END $$;\n"
        "CREATE PROCEDURE q() LANGUAGE plpython3u AS $$ COMMIT; $$;\n"
        "CREATE PROCEDURE r() BEGIN ATOMIC INSERT INTO t VALUES (1); END;\n"
        "CALL p(); CALL q(); CALL r(); CALL s();");
  EXPECT_EQ(Units(), "0-7");
}

TEST_F(UnitsTest, RefuseACallOfSuchAProcedureInABlock) {
  Write("001_p.sql", "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN ROLLBACK; END $$;");
  Write("002_call.sql", "BEGIN;\nCALL p();\nCOMMIT;");
  EXPECT_EQ(
      Refusal(),
      R"(rung: migrations/002_call.sql:2: CALL of a procedure that commits cannot run inside the transaction block of line 1
  CALL p()
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(UnitsTest, TakeABeginAfterALoneCommitAsABlockToTheEnd) {
  EXPECT_EQ(Units("SELECT 1; COMMIT; BEGIN; SELECT 2; SELECT 3;"), "0-1, 1-3");
  EXPECT_EQ(Units("SELECT 1; COMMIT; VACUUM; BEGIN;"), "0-1, 1-2 bare");
  EXPECT_EQ(Units("COMMIT; SELECT 1; BEGIN; SELECT 2; COMMIT; BEGIN; SELECT 3;"), "0-1, 1-2, 2-3");
}

TEST_F(UnitsTest, PassOverABeginWithNothingBehindIt) {
  EXPECT_EQ(Units("SELECT 1; BEGIN;"), "0-1");
  Write("001_a.sql", "SELECT 1; BEGIN; SELECT 2;");
  EXPECT_EQ(
      Refusal(),
      R"(rung: migrations/001_a.sql:1: a BEGIN without a COMMIT: nothing of the file would be kept
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(UnitsTest, PutADoBlockThatCommitsOutsideOfATransaction) {
  const std::string block = "DO $$\nBEGIN\n  UPDATE t SET a = 1;\n  COMMIT;\nEND $$;\n";
  EXPECT_EQ(Units("SELECT 1;\n" + block + "SELECT 2; SELECT 3;"), "0-1, 1-2 bare, 2-3, 3-4");
  EXPECT_EQ(Units("DO $$ BEGIN IF true THEN ROLLBACK; END IF; END $$;"), "0-1 bare");
  EXPECT_EQ(Units("-- rung: no-transaction\nSELECT 1;\n" + block), "0-1 bare, 1-2 bare");
  EXPECT_EQ(Units("DO LANGUAGE plperl $$ COMMIT; $$; DO $$ BEGIN RAISE NOTICE 'COMMIT;'; END $$"),
            "0-2");
}

TEST_F(UnitsTest, RefuseADoBlockThatCommitsInABlock) {
  Write("001_a.sql", "BEGIN;\nDO $$ BEGIN COMMIT; END $$;\nCOMMIT;");
  EXPECT_EQ(
      Refusal(),
      R"(rung: migrations/001_a.sql:2: a DO block that commits cannot run inside the transaction block of line 1
  DO $$ BEGIN COMMIT; END $$
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(UnitsTest, RefuseABackslashWhoseMeaningTheFileHasChanged) {
  Write("001_a.sql",
        "SELECT 'a\\b';\nSET standard_conforming_strings = off;\nSELECT E'\\'', 'plain';\n"
        "SELECT 'a\\'b;';\n");
  EXPECT_EQ(
      Refusal(),
      R"(rung: migrations/001_a.sql:4: a backslash in a '…' literal, and line 2 has set standard_conforming_strings off: write E'…'
  SELECT 'a\'b
rung: migrations/001_a.sql:4: unterminated quoted string
  4 | SELECT 'a\'b;';
    |              ^
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(UnitsTest, KeepTheirLinesWhereADownSectionStandsBetween) {
  Write("001_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\n'\n-- migrate:up\nSELECT 2;\n");
  const std::vector<Migration> migrations = ReadMigrations("migrations");
  ASSERT_EQ(migrations[0].statements.size(), 2u);
  EXPECT_EQ(migrations[0].statements[1].head_line, 6);
}

TEST_F(UnitsTest, HaveTheSameTokensWhateverStandsInTheDownSection) {
  Write("001_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n");
  const std::string before = ReadMigrations("migrations")[0].token_checksum;
  Write("001_a.sql", "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 3;\n");
  const Migration after = std::move(ReadMigrations("migrations")[0]);
  EXPECT_TRUE(after.token_checksum == before);
  Write("001_a.sql", "-- migrate:up\nSELECT 2;\n-- migrate:down\nSELECT 3;\n");
  EXPECT_FALSE(ReadMigrations("migrations")[0].token_checksum == before);
}

}  // namespace
}  // namespace rung::migrate
