// One migrating run at a time: the second one says who is at work, and does nothing.

#include <gtest/gtest.h>

#include <memory>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

class RunLock : public testing::Test {
 protected:
  RunLock() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int PRIMARY KEY, org text);\n");
    project_.RunExpecting(0, {"up"});
    project_.Write("migrations/002_wait.sql",
                   "CREATE TABLE name (id int);\nSELECT wait_at_gate();\n");
  }

  Project project_;
  Gate gate_{project_.database};
};

TEST_F(RunLock, TheSecondRunNamesTheHolderAndIsBusy) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  const std::string before = Fingerprint(project_.database);
  for (const char* command : {"up", "migrate"}) {
    const Result second = project_.RunExpecting(4, {command, "--lock-wait", "300ms"});
    EXPECT_EQ(second.out, "");
    EXPECT_EQ(Masked(project_, second.err),
              R"(waiting for another run: pid <pid> (rung up lock, <from>, since <time>)
rung: another run holds the lock: pid <pid> (rung up lock, <from>, since <time>)
  state: nothing was changed by this run
  next:  wait for it, or raise --lock-wait; if it hangs, end it with `SELECT pg_terminate_backend(<pid>)`
)");
    EXPECT_NE(
        second.err.find("(" +
                        project_.database.Value(
                            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
                            "AND application_name = 'rung up lock'") +
                        ")`"),
        std::string::npos);
  }
  EXPECT_EQ(Fingerprint(project_.database), before);
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
}

TEST_F(RunLock, ARunWithNothingToDoNeedsNone) {
  project_.Write("migrations/002_wait.sql", "CREATE TABLE name (id int);\n");
  project_.RunExpecting(0, {"up"});
  pg::Connection other = project_.database.Connect();
  other.Exec("BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('rung:rung', 0))");
  EXPECT_EQ(project_.RunExpecting(0, {"up", "--lock-wait", "0s"}).err,
            "up to date: 2 migrations applied, 0 backfills complete\n");
  project_.Write("migrations/003_more.sql", "ALTER TABLE name ADD COLUMN more text;\n");
  project_.RunExpecting(4, {"up", "--lock-wait", "0s"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.migration"), "2");
}

TEST(FiveRuns, AtOnceOnANewDatabaseApplyEachFileOnceAndAllSayDone) {
  Project project;
  project.Write("migrations/001_hits.sql",
                "CREATE TABLE hits (n int);\nINSERT INTO hits VALUES (0);\n");
  project.Write("migrations/002_hit.sql", "UPDATE hits SET n = n + 1;\n");
  project.Write("migrations/003_hit.sql",
                "-- rung: no-transaction\nUPDATE hits SET n = n + 10;\nVACUUM hits;\n");
  std::vector<std::unique_ptr<Process>> runs;
  for (int i = 0; i < 5; ++i) runs.push_back(std::make_unique<Process>(project.Rung({"up"})));
  int winners = 0;
  for (const auto& run : runs) {
    const Result result = run->Wait();
    EXPECT_EQ(result.exit, 0) << result.err;
    const std::string told = Masked(project, result.err);
    const bool has_won = told.find("001_hits: applied") != std::string::npos;
    if (has_won) ++winners;
    const std::string waits =
        "waiting for another run: pid <pid> (rung up lock, <from>, since <time>)\n";
    const std::string applied = R"(001_hits: applied, 2 statements in <duration>
002_hit: applied, 1 statement in <duration>
003_hit: applying 2 statements one by one
003_hit: 1/2 UPDATE hits SET n = n + 10
003_hit: 2/2 VACUUM hits
003_hit: applied, 2 statements in <duration>
)";
    const std::string done = "up to date: 3 migrations applied, 0 backfills complete\n";
    EXPECT_EQ(told.substr(told.starts_with(waits) ? waits.size() : 0),
              has_won ? applied + done : done);
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(project.database.Value("SELECT n FROM hits"), "11");
  EXPECT_EQ(project.database.Value("SELECT count(*) FROM rung.migration"), "3");
}

TEST_F(RunLock, IsNotNeededToFill) {
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"item\"\nset = { org = \"'org'\" }\n");
  project_.database.Query("INSERT INTO item VALUES (1)");
  Process first(project_.Rung({"migrate"}));
  project_.RunExpecting(0, {"backfill", "--lock-wait", "1ms"});
  EXPECT_EQ(project_.database.Value("SELECT org FROM item"), "org");
  gate_.Open();
  first.Wait();
}

TEST_F(RunLock, TheSecondRunGoesOnWhenTheFirstIsDone) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  WatchedRun second(project_, {"up"});
  ASSERT_TRUE(second.WaitUntilTold("waiting for another run"));
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
  EXPECT_EQ(second.Wait().exit, 0);
  EXPECT_EQ(Masked(project_, second.Told()),
            R"(waiting for another run: pid <pid> (rung up lock, <from>, since <time>)
up to date: 2 migrations applied, 0 backfills complete
)");
}

TEST_F(RunLock, DiesWithTheRunThatHoldsIt) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  WatchedRun second(project_, {"up"});
  ASSERT_TRUE(second.WaitUntilTold("waiting for another run"));
  first.Signal(SIGKILL);
  gate_.Open();
  EXPECT_EQ(second.Wait().exit, 0) << second.Told();
  EXPECT_EQ(project_.database.Value("SELECT state FROM rung.migration WHERE version = '002'"),
            "applied");
}

TEST_F(RunLock, AWaitingRunEndsWithASignal) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  WatchedRun second(project_, {"up"});
  ASSERT_TRUE(second.WaitUntilTold("waiting for another run"));
  second.process().Signal(SIGTERM);
  EXPECT_EQ(second.Wait(std::chrono::seconds(5)).exit, 143);
  EXPECT_EQ(Masked(project_, second.Told()),
            R"(waiting for another run: pid <pid> (rung up lock, <from>, since <time>)
rung: interrupted while waiting for the other run
  state: nothing was changed by this run
  next:  run it again
)");
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
}

TEST_F(RunLock, IsAnotherOneForEachDatabaseAndSchema) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  Project other;
  other.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  other.RunExpecting(0, {"up", "--lock-wait", "1ms"});
  std::filesystem::copy(other.directory.path() / "migrations",
                        project_.directory.path() / "others");
  project_.Write("others/001_item.sql", "CREATE TABLE other_item (id int);\n");
  project_.RunExpecting(
      0, {"up", "--lock-wait", "1ms", "--schema", "rung2", "--migrations", "others"});
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
}

TEST_F(RunLock, IsNotNeededToLook) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  project_.RunExpecting(0, {"status"});
  project_.RunExpecting(0, {"plan"});
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
}

TEST_F(RunLock, OfALostConnectionEndsTheRunBeforeItsNextStatement) {
  project_.Write("migrations/003_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  Process first(WithoutLeakCheck(project_, {"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  project_.database.Query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND "
      "application_name = 'rung up lock'");
  gate_.Open();
  const Result result = first.Wait();
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(
      Masked(project_, result.err),
      R"(rung: the connection that holds the run lock is lost (the server closed the connection)
  state: everything committed so far is kept, and nothing else; another run may have started
  next:  run it again
)");
  EXPECT_EQ(project_.database.Value("SELECT max(version) FROM rung.migration"), "001");
  EXPECT_EQ(project_.database.Value("SELECT to_regclass('name')"), "NULL");
}

TEST_F(RunLock, OfALostConnectionIsNoticedWithinAFile) {
  project_.Write("migrations/002_wait.sql",
                 "-- rung: no-transaction\nSELECT wait_at_gate();\nCREATE TABLE late (id int);\n");
  Process first(WithoutLeakCheck(project_, {"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  project_.database.Query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND application_name = 'rung up lock'");
  gate_.Open();
  const Result result = first.Wait();
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(Masked(project_, result.err), R"(002_wait: applying 2 statements one by one
002_wait: 1/2 SELECT wait_at_gate()
rung: the connection that holds the run lock is lost (the server closed the connection)
  state: everything committed so far is kept, and nothing else; another run may have started
  next:  run it again
)");
  EXPECT_EQ(project_.database.Value("SELECT to_regclass('late')"), "NULL");
  EXPECT_EQ(project_.database.Value("SELECT statements_done FROM rung.migration WHERE version = "
                                    "'002'"),
            "1");
}

// As a platform sets it, to end what idles in a transaction.
TEST_F(RunLock, OutlivesALimitOnIdleTransactions) {
  project_.database.Query("ALTER DATABASE " + project_.database.name() +
                          " SET idle_in_transaction_session_timeout = '100ms'");
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "application_name = 'rung up lock' AND state = 'idle in transaction' AND "
               "clock_timestamp() - state_change > interval '500ms'") == "1";
  }));
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
}

// Without the lock they collide in the catalogs, in spite of IF NOT EXISTS.
TEST(TwoKindsOfRuns, AtOnceOnANewDatabaseMakeTheTablesOnce) {
  Project project;
  project.Write("migrations/001_item.sql", "CREATE TABLE item (id int, org text);\n");
  project.Write("backfills/001_org.toml",
                "[[fill]]\ntable = \"item\"\nset = { org = \"'org'\" }\n");
  std::vector<std::unique_ptr<Process>> runs;
  for (const char* command : {"up", "backfill", "migrate", "backfill", "up"}) {
    runs.push_back(std::make_unique<Process>(project.Rung({command})));
  }
  for (const auto& run : runs) {
    const Result result = run->Wait();
    EXPECT_TRUE(result.exit == 0 || result.exit == 3) << result.err;
    EXPECT_EQ(result.err.find("rung: "), std::string::npos) << result.err;
  }
  EXPECT_EQ(project.database.Value("SELECT count(*) FROM rung.migration"), "1");
  EXPECT_EQ(project.database.Value(
                "SELECT count(*) FILTER (WHERE steps > 1) FROM (SELECT count(*) AS steps FROM "
                "rung.own_step GROUP BY table_name, number) AS s"),
            "0");
}

// It would wait for it for ever.
TEST_F(RunLock, KeepsNoSnapshotForWhichAnIndexBuildWouldWait) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  EXPECT_EQ(project_.database.Query(
                "SELECT backend_xid, backend_xmin, state FROM pg_stat_activity WHERE datname = "
                "current_database() AND application_name = 'rung up lock'"),
            (std::vector<std::vector<std::string>>{{"NULL", "NULL", "idle in transaction"}}));
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
}

}  // namespace
}  // namespace rung::test
