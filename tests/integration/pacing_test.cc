// What a backfill holds for, each signal made on a real server; and what is tuned while it runs.

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/gate.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class Pacing : public testing::Test {
 protected:
  Pacing() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int PRIMARY KEY, org text)"
                   " WITH (autovacuum_enabled = off);\n"
                   "INSERT INTO item SELECT generate_series(1, 20000);\n");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
    project_.RunExpecting(0, {"migrate"});
  }

  std::string Filled() {
    return project_.database.Value("SELECT count(*) FROM item WHERE org = 'org_' || id");
  }

  json Runs() {
    const auto status = json::parse(project_.RunExpecting(0, {"status", "--format", "json"}).out);
    return status["rungs"].back()["runs"];
  }

  void ExpectHeld(WatchedRun& run, const std::string& reason) {
    ASSERT_TRUE(run.WaitUntilTold("001_org: holding: " + reason)) << run.Told();
    EXPECT_EQ(Filled(), "0");
  }

  void ExpectDone(WatchedRun& run) {
    EXPECT_EQ(run.Wait().exit, 0);
    EXPECT_THAT(run.Told(), HasSubstr("001_org: going on, held for "));
    EXPECT_EQ(Filled(), "20000");
  }

  void Tune(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "tune");
    project_.RunExpecting(0, std::move(arguments));
  }

  Project project_;
};

TEST_F(Pacing, AnOldSnapshotHoldsUntilItIsGone) {
  pg::Connection reader = project_.database.Connect("report");
  reader.Exec("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM item");
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT clock_timestamp() - xact_start > '1.1 s' "
               "FROM pg_stat_activity WHERE application_name = 'report'") == "t";
  }));
  WatchedRun run(project_, {"backfill", "--max-snapshot-age", "1s"});
  ExpectHeld(run, "oldest snapshot ");
  reader.Exec("COMMIT");
  ExpectDone(run);
}

TEST_F(Pacing, AVacuumOfTheTableHoldsWhereItIsAskedTo) {
  pg::Connection vacuum = project_.database.Connect("vacuum");
  vacuum.Exec("SET vacuum_cost_delay = 100; SET vacuum_cost_limit = 1");
  std::jthread thread([&] {
    try {
      vacuum.Exec("VACUUM (DISABLE_PAGE_SKIPPING) item");
    } catch (const pg::ServerError&) {  // cancelled
    }
  });
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value("SELECT count(*) FROM pg_stat_progress_vacuum") == "1";
  }));
  WatchedRun run(project_, {"backfill", "--yield-to-vacuum", "on"});
  ExpectHeld(run, "autovacuum running, limit none");
  vacuum.Cancel();
  ExpectDone(run);
}

TEST_F(Pacing, TheTimeOfDayHoldsUntilItIsTunedAway) {
  const std::string later = project_.database.Value(
      "SELECT to_char(localtime + '2 h', 'HH24:MI') || '-' || to_char(localtime + '3 h', "
      "'HH24:MI')");
  WatchedRun run(project_, {"backfill", "--window", later});
  ExpectHeld(run, "time of day ");
  Tune({"--window", "always"});
  ExpectDone(run);
  EXPECT_THAT(run.Told(), HasSubstr("001_org: tuned: window always\n"));
}

TEST_F(Pacing, MuchWalOfOthersHoldsUntilTheAverageIsBack) {
  WatchedRun run(project_, {"backfill", "--window", "00:00-00:01", "--max-wal-rate", "64kB"});
  if (!run.WaitUntilTold("holding: time of day")) GTEST_SKIP() << "it is midnight";
  project_.database.Query(
      "CREATE TABLE noise AS SELECT repeat('x', 500) FROM generate_series(1, 20000)");
  Tune({"--window", "always"});
  ASSERT_TRUE(run.WaitUntilTold("001_org: holding: WAL rate ")) << run.Told();
  Tune({"--max-wal-rate", "0"});
  ExpectDone(run);
}

TEST_F(Pacing, WhoWaitsForABatchIsSeenAndTheNextOneHolds) {
  Gate gate(project_.database);
  gate.Guard("item");
  WatchedRun run(project_, {"backfill"});
  ASSERT_TRUE(gate.WaitUntilReached());
  std::jthread writer([&] {
    project_.database.Connect("app").Exec("UPDATE item SET id = id + 0 WHERE org IS NULL");
  });
  ASSERT_TRUE(run.WaitUntilTold("001_org: holding: blocked sessions 1, limit 0\n")) << run.Told();
  const json runs = Runs();
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_THAT(runs[0]["state"].get<std::string>(), HasSubstr("blocked sessions"));
  EXPECT_LT(runs[0]["batch_target_ms"].get<int>(), 200);
  gate.Open();
  writer.join();
  ExpectDone(run);
}

TEST_F(Pacing, DeadRowsAreVacuumedAway) {
  project_.database.Query("UPDATE item SET id = id + 100000");
  project_.database.Query("UPDATE item SET id = id - 100000");
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT n_dead_tup >= 30000 FROM pg_stat_user_tables WHERE relname = 'item'") == "t";
  }));
  const Result result = project_.RunExpecting(0, {"backfill"});
  EXPECT_THAT(result.err, HasSubstr("public.item: vacuumed in "));
  EXPECT_EQ(project_.database.Value("SELECT vacuum_count FROM pg_stat_user_tables "
                                    "WHERE relname = 'item'"),
            "1");
}

TEST_F(Pacing, DeadRowsAreLeftWhereThatIsAskedFor) {
  project_.database.Query("UPDATE item SET id = id + 100000");
  project_.database.Query("UPDATE item SET id = id - 100000");
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT n_dead_tup >= 30000 FROM pg_stat_user_tables WHERE relname = 'item'") == "t";
  }));
  const Result result = project_.RunExpecting(0, {"backfill", "--vacuum-at", "0"});
  EXPECT_THAT(result.err, testing::Not(HasSubstr("vacuumed")));
}

TEST_F(Pacing, APausedBackfillEndsItsRunsThatHold) {
  WatchedRun run(project_, {"backfill", "--window", "00:00-00:01"});
  if (!run.WaitUntilTold("holding: time of day")) GTEST_SKIP() << "it is midnight";
  project_.RunExpecting(0, {"pause"});
  EXPECT_EQ(run.Wait().exit, 3);
  EXPECT_EQ(Filled(), "0");
}

TEST_F(Pacing, ARunThatHoldsEndsWithItsTime) {
  WatchedRun run(project_, {"backfill", "--window", "00:00-00:01", "--max-runtime", "1s"});
  EXPECT_EQ(run.Wait().exit, 3);
  EXPECT_EQ(Runs()[0]["state"], "out of time");
}

TEST_F(Pacing, ARunThatHoldsIsInterruptedAtOnce) {
  WatchedRun run(project_, {"backfill", "--window", "00:00-00:01"});
  if (!run.WaitUntilTold("holding: time of day")) GTEST_SKIP() << "it is midnight";
  run.process().Signal(SIGTERM);
  EXPECT_EQ(run.Wait().exit, 143);
  EXPECT_EQ(Runs()[0]["state"], "interrupted");
  EXPECT_EQ(Filled(), "0");
}

class Tuning : public Pacing {
 protected:
  Tuning() {
    project_.database.Query("INSERT INTO item SELECT generate_series(20001, 120000)");
    project_.database.Query("ANALYZE item");
    gate_.Guard("item");
  }

  std::string Told(std::vector<std::string> arguments, int exit = 0) {
    return project_.RunExpecting(exit, std::move(arguments)).err;
  }

  Gate gate_{project_.database};
};

TEST_F(Tuning, TheNumberOfWorkersFollowsWhileARunGoesOn) {
  WatchedRun run(project_, {"backfill", "--batch-ms", "1", "--jobs", "1"});
  ASSERT_TRUE(gate_.WaitUntilReached(1));
  EXPECT_EQ(Told({"tune", "--jobs", "3"}), "001_org: tuned: jobs 3\n");
  EXPECT_TRUE(gate_.WaitUntilReached(3)) << run.Told();
  EXPECT_EQ(Told({"tune", "--jobs", "1"}), "001_org: tuned: jobs 1\n");
  ASSERT_TRUE(WaitUntil([&] { return Runs()[0]["jobs"] == 1; }));
  gate_.Open();
  EXPECT_EQ(run.Wait().exit, 0);
  EXPECT_EQ(Filled(), "120000");
}

TEST_F(Tuning, HoldsForRunsThatBeginLaterUntilItIsReset) {
  WatchedRun first(project_, {"backfill", "--batch-ms", "1"});
  ASSERT_TRUE(gate_.WaitUntilReached(1));
  EXPECT_EQ(Told({"tune"}),
            "001_org: nothing is tuned: each run has the limits that it was given\n");
  EXPECT_EQ(Told({"tune", "001", "--nice", "1", "--max-wal-rate", "1GB"}),
            "001_org: tuned: max-wal-rate 1GB, nice 1\n");
  EXPECT_EQ(Told({"tune", "--jobs", "2"}), "001_org: tuned: jobs 2, max-wal-rate 1GB, nice 1\n");
  project_.RunExpecting(0, {"pause"});
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 3);
  EXPECT_EQ(Told({"tune"}), "001_org: tuned: jobs 2, max-wal-rate 1GB, nice 1\n");
  EXPECT_EQ(Told({"tune", "--reset", "--jobs", "4"}), "001_org: tuned: jobs 4\n");
  EXPECT_EQ(Told({"tune", "--reset"}),
            "001_org: nothing is tuned: each run has the limits that it was given\n");
  EXPECT_EQ(project_.database.Value("SELECT string_agg(detail, '; ' ORDER BY id) FROM rung.event "
                                    "WHERE kind = 'backfill tuned'"),
            "max-wal-rate 1GB, nice 1; jobs 2; reset, jobs 4; reset");
}

TEST_F(Tuning, IsRefusedForWhatIsNoLimitAndForACompleteBackfill) {
  EXPECT_EQ(Told({"tune", "--jobs", "many"}, 2),
            "rung: --jobs: \"many\" is not a whole number from 1 to 64\n"
            "  state: nothing was touched\n  next:  give it one\n");
  EXPECT_EQ(Told({"tune", "--jobs", "2"}, 2),
            "rung: no backfill is begun and not complete\n"
            "  state: nothing was changed\n  next:  see `rung status`\n");
  gate_.Open();
  project_.RunExpecting(0, {"backfill"});
  EXPECT_EQ(Told({"tune", "001", "--jobs", "2"}, 1),
            "rung: 001_org: it is complete\n  state: nothing was changed\n"
            "  next:  `rung backfill --again` takes its limits as flags\n");
}

}  // namespace
}  // namespace rung::test
