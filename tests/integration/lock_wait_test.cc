// What a migration has to wait for: it names who stands in the way, gives up early, and tries again.

#include <gtest/gtest.h>

#include <regex>

#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

class LockWait : public testing::Test {
 protected:
  LockWait() {
    project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int PRIMARY KEY);\n");
    project_.RunExpecting(0, {"up"});
    project_.Write("migrations/002_name.sql",
                   "CREATE TABLE part (id int);\n\nALTER TABLE item ADD COLUMN name text;\n");
    application_.Exec("BEGIN; SELECT * FROM item");
  }

  static std::string PidsMasked(std::string text) {
    const std::pair<const char*, const char*> masks[] = {
        {R"(pid \d+)", "pid <pid>"},
        {R"(user [^,]*,)", "user <user>,"},
        {R"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d[+-]\d\d(:\d\d)?)", "<time>"},
        {R"(\d+ (ms\b|min \d+ s\b)|\d+(\.\d)? s\b)", "<duration>"}};
    for (const auto& [pattern, mask] : masks) {
      text = std::regex_replace(text, std::regex(pattern), mask);
    }
    return text;
  }

  Project project_;
  pg::Connection application_ = project_.database.Connect("nightly report");
};

TEST_F(LockWait, NamesWhoStandsInTheWayAndTriesAgain) {
  WatchedRun run(project_, {"up", "--lock-timeout", "400ms"});
  ASSERT_TRUE(run.WaitUntilTold("trying again"));
  EXPECT_EQ(project_.database.Value("SELECT to_regclass('part')"), "NULL");  // all is rolled back
  ASSERT_TRUE(run.WaitUntilTold("waits for"));
  application_.Exec("COMMIT");
  EXPECT_EQ(run.Wait().exit, 0);
  const std::string told = PidsMasked(run.Told());
  for (const char* line :
       {"002_name: 2/2 waits for pid <pid> (nightly report, user <user>, idle in transaction since "
        "<time>: BEGIN; SELECT * FROM item): ALTER TABLE item ADD COLUMN name text\n",
        "warning: migrations/002_name.sql:3: canceling statement due to lock timeout [55P03]; "
        "rolled back, trying again in <duration>\n",
        "002_name: applied, 2 statements in <duration>\n"}) {
    EXPECT_NE(told.find(line), std::string::npos) << line << "\n" << told;
  }
}

TEST_F(LockWait, GivesUpWhenItsPatienceEnds) {
  std::string told;
  for (const char* where : {"flag", "environment"}) {
    Command command = project_.Rung({"up"});
    if (where == std::string("flag")) {
      command.arguments.insert(command.arguments.end(),
                               {"--lock-timeout", "600ms", "--lock-patience", "0s"});
    } else {
      command.environment.insert(command.environment.end(),
                                 {"RUNG_LOCK_TIMEOUT=600ms", "RUNG_LOCK_PATIENCE=0s"});
    }
    const Result result = test::Run(command);
    EXPECT_EQ(result.exit, 1) << where;
    told = std::regex_replace(PidsMasked(result.err), std::regex("002_name: 2/2 [^\n]*\n"), "");
    EXPECT_EQ(told,
              R"(rung: migrations/002_name.sql:3: canceling statement due to lock timeout [55P03]
  ALTER TABLE item ADD COLUMN name text
  waited for: pid <pid> (nightly report, user <user>, idle in transaction since <time>: BEGIN; SELECT * FROM item)
  state: this file is rolled back; everything before it is applied
  next:  end what stands in the way or let it end, then run it again; --lock-patience tries longer
)");
  }
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.migration"), "1");
}

TEST_F(LockWait, ATimeoutOfTheFilesOwnHoldsInAllOfItsUnits) {
  project_.Write("migrations/002_name.sql",
                 "BEGIN;\nSET lock_timeout = '200ms';\nSET statement_timeout = '9s';\nCOMMIT;\n"
                 "BEGIN;\nCREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock, "
                 "current_setting('statement_timeout') AS statement;\nCOMMIT;\n"
                 "CREATE INDEX CONCURRENTLY seen_lock ON seen (lock);\n"
                 "INSERT INTO seen SELECT current_setting('lock_timeout'), "
                 "current_setting('statement_timeout');\n"
                 "RESET lock_timeout;\n"
                 "INSERT INTO seen SELECT current_setting('lock_timeout'), "
                 "current_setting('statement_timeout');\n");
  project_.Write("migrations/003_look.sql",
                 "INSERT INTO seen SELECT current_setting('lock_timeout'), "
                 "current_setting('statement_timeout');\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT * FROM seen"),
            (std::vector<std::vector<std::string>>{
                {"200ms", "9s"}, {"200ms", "9s"}, {"3s", "9s"}, {"3s", "0"}}));
}

// A lock timeout would leave an INVALID index.
TEST_F(LockWait, ATimeoutOfTheFilesOwnDoesNotReachConcurrently) {
  project_.Write("migrations/002_name.sql",
                 "SET lock_timeout = '10ms';\nCREATE INDEX CONCURRENTLY item_i ON item (id);\n"
                 "CREATE TABLE seen AS SELECT current_setting('lock_timeout') AS lock;\n");
  application_.Exec("COMMIT; BEGIN; INSERT INTO item VALUES (1)");
  WatchedRun run(project_, {"up"});
  ASSERT_TRUE(run.WaitUntilTold("waits for pid"));
  application_.Exec("COMMIT");
  EXPECT_EQ(run.Wait().exit, 0) << run.Told();
  const std::string told = PidsMasked(run.Told());
  EXPECT_NE(told.find("002_name: 2/3 waits for pid <pid> (nightly report, user <user>, idle in "
                      "transaction since <time>: COMMIT; BEGIN; INSERT INTO item VALUES (1)): "
                      "CREATE INDEX CONCURRENTLY item_i ON item (id)\n"),
            std::string::npos)
      << told;
  EXPECT_EQ(project_.database.Value("SELECT lock FROM seen"), "10ms");
}

TEST_F(LockWait, OfAnIndexBuildTellsWhoHoldsTheOldSnapshot) {
  project_.Write("migrations/002_name.sql", "CREATE INDEX CONCURRENTLY item_i ON item (id);\n");
  application_.Exec("COMMIT; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class");
  WatchedRun run(project_, {"up"});
  ASSERT_TRUE(run.WaitUntilTold("waits for pid"));
  EXPECT_EQ(project_.database.Value("SELECT phase FROM pg_stat_progress_create_index WHERE "
                                    "datname = current_database()"),
            "waiting for old snapshots");
  application_.Exec("COMMIT");
  EXPECT_EQ(run.Wait().exit, 0) << run.Told();
}

TEST_F(LockWait, APreparedStatementOfTheFirstTryIsNotInTheWayOfTheSecond) {
  project_.Write("migrations/002_name.sql",
                 "PREPARE p AS SELECT 1;\nSELECT pg_advisory_lock(1);\nALTER TABLE item ADD COLUMN "
                 "name text;\n");
  WatchedRun run(project_, {"up", "--lock-timeout", "100ms"});
  ASSERT_TRUE(run.WaitUntilTold("trying again"));
  application_.Exec("COMMIT");
  EXPECT_EQ(run.Wait().exit, 0) << run.Told();
}

}  // namespace
}  // namespace rung::test
