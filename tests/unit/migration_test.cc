#include "migrate/migration.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files/checksum.h"
#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::migrate {
namespace {

using ::testing::ElementsAre;

class Migrations : public ::testing::Test {
 protected:
  Migrations() { std::filesystem::create_directory("migrations"); }

  // A directory with this one file, read.
  Migration Read(std::string_view text) const {
    directory_.Write("migrations/001_a.sql", text);
    return ReadMigrations("migrations").at(0);
  }

  // "0-2 3-4 bare"
  std::string Units(std::string_view text) const {
    const Migration migration = Read(text);
    std::string units;
    for (const Unit& unit : migration.units) {
      units += (units.empty() ? "" : ", ") + std::to_string(unit.begin) + "-" +
               std::to_string(unit.end) + (unit.in_transaction ? "" : " bare");
    }
    return units;
  }

  std::vector<std::string> Statements(std::string_view text) const {
    std::vector<std::string> statements;
    const Migration migration = Read(text);
    for (const sql::Statement& statement : migration.statements) {
      statements.emplace_back(statement.text);
    }
    return statements;
  }

  std::string RefusalOf(std::string_view text) const {
    return test::Refusal([&] { Read(text); });
  }

  // The refusal of this place, with the line of SQL that is shown below it.
  static std::string Refused(const std::string& problem) {
    return "rung: migrations/001_a.sql:" + problem +
           "\n  state: nothing was run\n  next:  correct the files and run it again\n";
  }

  test::WorkingDirectory directory_;
};

TEST_F(Migrations, AreReadInTheOrderOfTheirNumbers) {
  directory_.Write("migrations/010_b.sql", "SELECT 2;");
  directory_.Write("migrations/002_a.sql", "SELECT 1;");
  const std::vector<Migration> migrations = ReadMigrations("migrations");
  ASSERT_EQ(migrations.size(), 2u);
  EXPECT_EQ(migrations[0].Label(), "002_a");
  EXPECT_EQ(migrations[0].path, "migrations/002_a.sql");
  EXPECT_EQ(migrations[0].checksum, files::Sha256("SELECT 1;"));
  EXPECT_EQ(migrations[1].Label(), "010_b");
}

TEST_F(Migrations, HaveTheSameTokensInAnotherForm) {
  const Migration before = Read("ALTER TABLE a ADD b int;");
  const Migration after = Read("-- why\r\nALTER TABLE a\r\n  ADD b int;\r\n");
  EXPECT_NE(after.checksum, before.checksum);
  EXPECT_EQ(after.token_checksum, before.token_checksum);
  EXPECT_NE(Read("ALTER TABLE a ADD c int;").token_checksum, before.token_checksum);
}

TEST_F(Migrations, AreRefusedWhereThereAreNone) {
  EXPECT_EQ(test::Refusal([] { ReadMigrations("migrations"); }),
            R"(rung: migrations: no migrations (<digits>_<name>.sql) in here
  state: nothing was run
  next:  name the right directory with --migrations
)");
}

TEST_F(Migrations, RunInOneTransaction) {
  EXPECT_EQ(Units("CREATE TABLE a (); ALTER TABLE a ADD b int; SELECT 1;"), "0-3");
  EXPECT_TRUE(Read("SELECT 1; SELECT 2;").IsOneTransaction());
}

TEST_F(Migrations, MayBeEmpty) {
  for (const char* text : {"", "\n", "-- later\n", "/* nothing */", ";", "BEGIN; COMMIT;",
                           "-- rung: no-transaction\n"}) {
    EXPECT_EQ(Units(text), "0-0") << text;
    EXPECT_TRUE(Read(text).IsOneTransaction()) << text;
  }
}

TEST_F(Migrations, HaveABlockAroundThemTakenOver) {
  for (const char* text : {
           "BEGIN; SELECT 1; SELECT 2; COMMIT;",
           "START TRANSACTION; SELECT 1; SELECT 2; END;",
           "-- why\nBEGIN;\nSELECT 1;\nSELECT 2;\nCOMMIT;\n-- end\n",
       }) {
    EXPECT_EQ(Units(text), "0-2") << text;
  }
  EXPECT_THAT(Statements("BEGIN; SELECT 1; SELECT 2; COMMIT;"),
              ElementsAre("SELECT 1", "SELECT 2"));
}

TEST_F(Migrations, RunBlockByBlockWhereTheyHaveSeveral) {
  EXPECT_EQ(Units("BEGIN; SELECT 1; SELECT 2; COMMIT; BEGIN; SELECT 3; COMMIT;"), "0-2, 2-3");
}

TEST_F(Migrations, RunStatementsAroundABlockOneByOne) {
  EXPECT_EQ(Units("SELECT 1; SELECT 2; BEGIN; SELECT 3; SELECT 4; COMMIT;"), "0-1, 1-2, 2-4");
  EXPECT_EQ(Units("BEGIN; SELECT 1; SELECT 2; COMMIT; SELECT 3; SELECT 4;"), "0-2, 2-3, 3-4");
}

TEST_F(Migrations, TakeACommitWithoutABeginForNothing) {
  EXPECT_EQ(Units("SELECT 1; COMMIT; SELECT 2;"), "0-2");
  EXPECT_EQ(Units("COMMIT;"), "0-0");
}

TEST_F(Migrations, KeepSavepointsAsStatements) {
  EXPECT_EQ(Units("SAVEPOINT a; SELECT 1; ROLLBACK TO a; RELEASE a;"), "0-4");
}

TEST_F(Migrations, RunOneByOneWhereAStatementStaysOutOfTransactions) {
  EXPECT_EQ(Units("SELECT 1; CREATE INDEX CONCURRENTLY i ON a (b); SELECT 2;"),
            "0-1, 1-2 bare, 2-3");
  EXPECT_EQ(Units("VACUUM a;"), "0-1 bare");
  EXPECT_FALSE(Read("VACUUM a;").IsOneTransaction());
}

TEST_F(Migrations, RunBlocksAsOneBesideAStatementThatStaysOut) {
  EXPECT_EQ(Units("CREATE INDEX CONCURRENTLY i ON a (b); BEGIN; SELECT 1; SELECT 2; COMMIT;"),
            "0-1 bare, 1-3");
}

TEST_F(Migrations, RunOneByOneOutsideOfTransactionsWhenAsked) {
  EXPECT_EQ(Units("-- rung: no-transaction\nSELECT 1; SELECT 2;"), "0-1 bare, 1-2 bare");
  EXPECT_EQ(Units("-- rung: no-transaction\nSELECT 1; BEGIN; SELECT 2; SELECT 3; COMMIT;"),
            "0-1 bare, 1-3");
}

TEST_F(Migrations, AreNotRefusedForSqlThatOnlyTheServerMayKnow) {
  EXPECT_EQ(Units("SELECT 1; FROBNICATE a; SELECT 2;"), "0-3");
  EXPECT_EQ(Units("BEGIN; FROBNICATE a; COMMIT; VACUUM b;"), "0-1, 1-2 bare");
}

TEST_F(Migrations, RefuseARollback) {
  EXPECT_EQ(RefusalOf("SELECT 1;\n\nROLLBACK;\nSELECT 2;"),
            Refused("3: a ROLLBACK would undo what the history records\n  ROLLBACK"));
}

TEST_F(Migrations, RefuseARollbackBesideSqlThatOnlyTheServerMayKnow) {
  EXPECT_EQ(RefusalOf("FROBNICATE a;\nABORT;"),
            Refused("2: a ROLLBACK would undo what the history records\n  ABORT"));
}

TEST_F(Migrations, RefuseABeginWithoutACommit) {
  EXPECT_EQ(RefusalOf("SELECT 1;\nBEGIN;\nSELECT 2;"),
            Refused("2: a BEGIN without a COMMIT: nothing of the file would be kept"));
}

TEST_F(Migrations, RefuseABeginInABlock) {
  EXPECT_EQ(RefusalOf("\nBEGIN;\nSELECT 1;\nBEGIN;\nCOMMIT;"),
            Refused("4: a BEGIN inside the block of line 2\n  BEGIN"));
}

TEST_F(Migrations, RefuseAStatementInABlockThatPostgreSqlKeepsOut) {
  EXPECT_EQ(RefusalOf("BEGIN;\nCREATE INDEX CONCURRENTLY i\n  ON a (b);\nCOMMIT;"),
            Refused("2: CREATE INDEX CONCURRENTLY cannot run inside the transaction block of line 1"
                    "\n  CREATE INDEX CONCURRENTLY i"));
}

TEST_F(Migrations, RefusePreparedTransactions) {
  EXPECT_EQ(RefusalOf("BEGIN;\nPREPARE TRANSACTION 'a';"),
            Refused("2: a prepared transaction outlives the file\n  PREPARE TRANSACTION 'a'"));
}

TEST_F(Migrations, NameTheFaultsOfAllFilesAtOnce) {
  directory_.Write("migrations/001_a.sql", "ROLLBACK;");
  directory_.Write("migrations/002_b.sql", "BEGIN; SELECT 1;");
  EXPECT_EQ(test::Refusal([] { ReadMigrations("migrations"); }),
            R"(rung: migrations/001_a.sql:1: a ROLLBACK would undo what the history records
  ROLLBACK
rung: migrations/002_b.sql:1: a BEGIN without a COMMIT: nothing of the file would be kept
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(Migrations, AreRefusedForTheirTextBeforeTheirSql) {
  EXPECT_EQ(RefusalOf("ROLLBACK;\xFF"),
            "rung: migrations/001_a.sql: byte 9 (0xFF) is not valid UTF-8\n"
            "  state: nothing was run\n  next:  correct the files and run it again\n");
}

TEST_F(Migrations, NameTheLineOfTheStatementNotOfTheCommentAboveIt) {
  EXPECT_EQ(RefusalOf("SELECT 1;\n-- back\n-- again\nROLLBACK;"),
            Refused("4: a ROLLBACK would undo what the history records\n  ROLLBACK"));
  EXPECT_EQ(RefusalOf("-- why\n\nBEGIN;\nSELECT 1;"),
            Refused("3: a BEGIN without a COMMIT: nothing of the file would be kept"));
}

// The next block would fall apart into statements that are kept one by one.
TEST_F(Migrations, RefuseACommitThatChains) {
  EXPECT_EQ(RefusalOf("BEGIN;\nSELECT 1;\nCOMMIT AND CHAIN;\nSELECT 2;\nSELECT 3;\nCOMMIT;"),
            Refused("3: COMMIT AND CHAIN is not understood: write COMMIT and BEGIN\n"
                    "  COMMIT AND CHAIN"));
}

}  // namespace
}  // namespace rung::migrate
