// `rung plan --execute`: everything runs for real, and nothing of it stays.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "integration/fingerprint.h"
#include "support/project.h"
#include "support/wait.h"

namespace rung::test {
namespace {

class Rehearsal : public testing::Test {
 protected:
  Rehearsal() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TYPE color AS ENUM ('red');
CREATE TABLE item (id int PRIMARY KEY, org text, color color);
INSERT INTO item SELECT generate_series(1, 100);
)");
    project_.RunExpecting(0, {"up"});
  }

  // The rehearsal, after which the database must be as it was.
  Result Run(int exit, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"plan", "--execute"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const std::string before = Fingerprint(project_.database);
    Result result = project_.RunExpecting(exit, arguments);
    EXPECT_EQ(Fingerprint(project_.database), before);
    static const std::regex kTook(R"( +\d+(\.\d+)? m?s\n)");
    result.out = std::regex_replace(result.out, kTook, " <took>\n");
    static const std::regex kRule("-{4,}\n");
    result.out = std::regex_replace(result.out, kRule, "--\n");
    return result;
  }

  Project project_;
};

TEST_F(Rehearsal, RunsAllPendingFilesAndKeepsNothing) {
  project_.Write("migrations/002_more.sql",
                 "ALTER TABLE item ADD name text;\nUPDATE item SET name = 'x';\n");
  project_.Write(
      "migrations/003_even.sql",
      "BEGIN;\nALTER TABLE item ALTER name SET NOT NULL;\nDROP TYPE color CASCADE;\nCOMMIT;\n");
  const Result result = Run(0);
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(std::regex_replace(result.out, std::regex("[^\n]*\n-[^\n]*\n"), "",
                               std::regex_constants::format_first_only),
            R"(002_more  ALTER TABLE item ADD name text <took>
          UPDATE item SET name = 'x' <took>
003_even  ALTER TABLE item ALTER name SET NOT NULL <took>
          DROP TYPE color CASCADE <took>

2 files passed; everything is rolled back: the database is as it was
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Run(0).out, "nothing to do: the ladder is climbed\n");
}

TEST_F(Rehearsal, ShowsTheLineOfAStatementThatFails) {
  project_.Write("migrations/002_good.sql", "ALTER TABLE item ADD name text;\n");
  project_.Write("migrations/003_bad.sql",
                 "-- Needs a value.\nALTER TABLE item\n  ALTER COLUMN nam SET NOT NULL;\n");
  project_.Write("migrations/004_never.sql", "SELECT 1;\n");
  const Result result = Run(1);
  EXPECT_NE(result.out.find("1 file passed, then one failed; everything is rolled back"),
            std::string::npos);
  EXPECT_EQ(
      result.err,
      R"(rung: migrations/003_bad.sql:2: column "nam" of relation "item" does not exist [42703]
  ALTER TABLE item
  state: everything is rolled back: the database is as it was
  next:  mend the file and try again
)");
}

TEST_F(Rehearsal, ShowsACaretWhereTheServerNamesThePlace) {
  project_.Write("migrations/002_bad.sql", "SELECT 1;\nSELECT nam\nFROM item;\n");
  EXPECT_EQ(Run(1).err, R"(rung: migrations/002_bad.sql:2: column "nam" does not exist [42703]
  2 | SELECT nam
    |        ^
  state: everything is rolled back: the database is as it was
  next:  mend the file and try again
)");
}

TEST_F(Rehearsal, ChecksDeferredConstraintsAtTheEndOfEachFile) {
  project_.Write("migrations/002_parent.sql", R"(
CREATE TABLE child (id int, item_id int, CONSTRAINT child_item FOREIGN KEY (item_id) REFERENCES item
  DEFERRABLE INITIALLY DEFERRED);
INSERT INTO child VALUES (1, 101);
INSERT INTO item VALUES (101);
)");
  // Deferred again: the file before has made them immediate to check them.
  project_.Write("migrations/003_more.sql",
                 "INSERT INTO child VALUES (2, 102);\nINSERT INTO item VALUES (102);\n"
                 "ALTER TABLE child ADD b int;\n");
  EXPECT_EQ(Run(1).err.substr(0, 78),
            "rung: migrations/003_more.sql:3: cannot ALTER TABLE \"child\" because it has pen");
  project_.Write("migrations/003_more.sql",
                 "INSERT INTO child VALUES (2, 102);\nINSERT INTO item VALUES (102);\n");
  project_.Write("migrations/004_alter.sql", "ALTER TABLE child ADD b int;\n");
  EXPECT_NE(Run(0).out.find("3 files passed"), std::string::npos);
  project_.Write("migrations/005_orphan.sql", "INSERT INTO child VALUES (3, 103);\n");
  EXPECT_EQ(
      Run(1).err,
      R"(rung: migrations/005_orphan.sql: insert or update on table "child" violates foreign key constraint "child_item" [23503]
  detail: Key (item_id)=(103) is not present in table "item".
  state: everything is rolled back: the database is as it was
  next:  mend the file and try again
)");
}

TEST_F(Rehearsal, StopsBeforeWhatCannotBeRolledBack) {
  const auto stopped = [&](const std::string& text) {
    project_.Write("migrations/003_stop.sql", text);
    const nlohmann::json json = nlohmann::json::parse(Run(0, {"--format", "json"}).out);
    EXPECT_EQ(json["files"], 1) << text;
    EXPECT_EQ(json["stopped_before"]["rung"], "003_stop");
    return json["stopped_before"]["why"].get<std::string>();
  };
  project_.Write("migrations/002_good.sql",
                 "ALTER TABLE item ADD name text;\nALTER TYPE color ADD VALUE 'blue';\n");
  EXPECT_EQ(stopped("SELECT 1;\nCREATE INDEX CONCURRENTLY i ON item (org);\n"),
            "CREATE INDEX CONCURRENTLY cannot run in a transaction (line 2)");
  EXPECT_EQ(stopped("-- rung: no-transaction\nSELECT 1;\n"), "it runs without a transaction");
  EXPECT_EQ(stopped("BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 2;\nCOMMIT;\n"),
            "it is several transactions");
  EXPECT_EQ(stopped("SELECT setval('s', 3);\n"), "setval() is not rolled back (line 1)");
  EXPECT_EQ(stopped("\nCOPY item TO PROGRAM 'cat';\n"), "COPY … PROGRAM runs a program (line 2)");
  EXPECT_EQ(stopped("UPDATE item SET color = 'blue';\n"),
            "it uses an enum value that an earlier file adds (line 1)");
}

TEST_F(Rehearsal, StopsBeforeABackfillThatMigrationsWaitFor) {
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD name text;\n");
  project_.Write("backfills/002_name.toml",
                 "[[fill]]\ntable = \"item\"\nset = { name = \"'n'\" }\n");
  EXPECT_NE(Run(0).out.find("1 file passed; everything"), std::string::npos);
  project_.Write("migrations/003_not_null.sql", "ALTER TABLE item ALTER name SET NOT NULL;\n");
  EXPECT_NE(Run(0).out.find("1 file passed; stopped before 002_name: the migrations above it wait "
                            "for this backfill; everything is rolled back"),
            std::string::npos);
}

TEST_F(Rehearsal, CleansTheSessionBetweenFiles) {
  project_.Write("migrations/002_set.sql", R"(
SET search_path = nowhere;
SET statement_timeout = 1;
RESET statement_timeout;
CREATE TEMP TABLE leftover (id int);
PREPARE p AS SELECT 1;
)");
  project_.Write("migrations/003_all_gone.sql", R"(
SELECT count(*) FROM item;
CREATE TEMP TABLE leftover (id int);
PREPARE p AS SELECT 1;
)");
  EXPECT_NE(Run(0).out.find("2 files passed"), std::string::npos);
}

TEST_F(Rehearsal, GivesUpOnALockAndNamesWhoHoldsIt) {
  project_.Write("migrations/002_more.sql", "ALTER TABLE item ADD name text;\n");
  pg::Connection other = project_.database.Connect("holder");
  other.Exec("BEGIN; LOCK TABLE item IN ACCESS SHARE MODE");
  const std::string err =
      project_.RunExpecting(1, {"plan", "--execute", "--lock-timeout", "3s"}).err;
  EXPECT_NE(err.find("migrations/002_more.sql:1: canceling statement due to lock timeout [55P03]"),
            std::string::npos)
      << err;
  EXPECT_NE(err.find("waited for: pid "), std::string::npos) << err;
  EXPECT_NE(err.find("state: everything is rolled back: the database is as it was"),
            std::string::npos);
  other.Exec("ROLLBACK");
}

TEST_F(Rehearsal, IsAMigratingRunToOthers) {
  project_.Write("migrations/002_slow.sql",
                 "ALTER TABLE item ADD name text;\nSELECT pg_sleep(60);\n");
  Process rehearsal(project_.Rung({"plan", "--execute"}));
  EXPECT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rung plan' AND "
               "query LIKE '%pg_sleep%' AND datname = current_database()") == "1";
  }));
  EXPECT_EQ(project_.Run({"up", "--lock-wait", "100ms"}).exit, 4);
  rehearsal.Signal(SIGTERM);
  const Result result = rehearsal.Wait();
  EXPECT_EQ(result.exit, 143);
  EXPECT_NE(result.err.find("state: everything is rolled back: the database is as it was"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(project_.database.Value(
                "SELECT count(*) FROM information_schema.columns WHERE column_name = 'name' AND "
                "table_name = 'item'"),
            "0");
}

}  // namespace
}  // namespace rung::test
