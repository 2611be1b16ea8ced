// One migrating run at a time: the second one says who is at work, and does nothing.

#include <gtest/gtest.h>

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

TEST_F(RunLock, OfALostConnectionEndsTheRunBeforeTheNextFile) {
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
  EXPECT_EQ(Masked(project_, result.err), R"(002_wait: applied, 2 statements in <duration>
rung: the connection that holds the run lock is lost (the server closed the connection)
  state: everything committed so far is kept; another run may have started
  next:  run it again
)");
  EXPECT_EQ(project_.database.Value("SELECT max(version) FROM rung.migration"), "002");
}

}  // namespace
}  // namespace rung::test
