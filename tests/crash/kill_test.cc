// Kill it and look: the program and its server processes are ended at random moments in the middle
// of a backfill, again and again, and afterwards every row and every counter is checked.

#include <gtest/gtest.h>

#include <csignal>
#include <random>

#include "support/project.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using std::chrono::milliseconds;

constexpr int kKills = 30;
constexpr int kTerminations = 10;

// 500 rows a batch, 20 ms for each: long enough to be hit in the middle, at every place of a batch.
constexpr const char* kTables = R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
INSERT INTO client SELECT g, CASE WHEN g % 10 > 0 THEN 'org_' || g END FROM generate_series(1, 200) g;
CREATE TABLE item (
  id      uuid PRIMARY KEY,
  client  int,
  payload text NOT NULL,
  org     text,
  hits    int NOT NULL DEFAULT 0,
  touched int NOT NULL DEFAULT 0
);
INSERT INTO item (id, client, payload)
SELECT md5(g::text)::uuid, CASE WHEN g % 50 > 0 THEN g % 210 END, repeat('x', 150)
FROM generate_series(1, 160000) g;
CREATE INDEX ON item (client);
CREATE FUNCTION count_touch() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.touched := OLD.touched + 1; RETURN NEW; END $$;
CREATE TRIGGER count_touch BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION count_touch();
CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $$;
CREATE TRIGGER be_slow AFTER UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION be_slow();
ANALYZE item;
)";

class KillLoop : public testing::Test {
 protected:
  void Prepare(const std::string& fill) {
    project_.Write("migrations/001_tables.sql", kTables);
    project_.Write("backfills/001_org.toml", fill);
    project_.RunExpecting(0, {"migrate"});
  }

  // Runs the backfill to its end through all kills and terminations.
  void RunThroughFaults() {
    int kills = 0;
    int terminations = 0;
    std::unique_ptr<Process> process;
    while (kills < kKills || terminations < kTerminations) {
      if (!process || process->IsOver()) {
        process = std::make_unique<Process>(
            project_.Rung({"backfill", "--jobs", "2", "--batch-ms", "1"}));
      }
      const std::string before = Batches();
      ASSERT_TRUE(WaitUntil([&] { return Batches() != before || process->IsOver(); }));
      ASSERT_NE(FillState(), "complete") << "the data is too small for " << kills << " kills and "
                                         << terminations << " terminations";
      std::this_thread::sleep_for(
          milliseconds(random_() % longest_pause_ms_));  // the moment is meant to be any
      if (terminations < kTerminations && random_() % 3 == 0) {
        if (Terminate()) ++terminations;
      } else {
        process->Signal(SIGKILL);
        process->Wait();
        process.reset();
        ++kills;
      }
    }
    if (process) process->Signal(SIGKILL);
    process.reset();
    const Result last = project_.RunExpecting(last_exit_, {"backfill", "--jobs", "2"});
    EXPECT_EQ(State(), last_exit_ == 0 ? "complete" : "running") << last.err;
  }

  // Ends one of the program's server processes; false when there was none at that moment.
  bool Terminate() {
    return project_.database.Value(
               "SELECT count(pg_terminate_backend(pid)) FROM (SELECT pid FROM pg_stat_activity "
               "WHERE datname = current_database() AND application_name = 'rung backfill' "
               "ORDER BY random() LIMIT 1) s") == "1";
  }

  // Changes with every committed batch.
  std::string Batches() {
    return project_.database.Value(
        "SELECT coalesce((SELECT sum(batches) FROM rung.fill), 0) + "
        "coalesce((SELECT sum(batches) FROM rung.chunk), 0)");
  }

  std::string FillState() {
    return project_.database.Value("SELECT coalesce((SELECT state FROM rung.fill), 'none')");
  }

  std::string State() {
    return project_.database.Value("SELECT coalesce((SELECT state FROM rung.backfill), 'none')");
  }

  Project project_;
  std::minstd_rand random_{20261124};
  unsigned longest_pause_ms_ = 60;
  int last_exit_ = 0;  // of a run that is left alone
};

TEST_F(KillLoop, EveryRowOfAPageSweepIsRightAndCountedOnce) {
  Prepare(R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client"
set   = { org = "client.org" }
)");
  RunThroughFaults();

  TestDatabase& database = project_.database;
  EXPECT_EQ(database.Value(R"(
    WITH expected AS (
      SELECT i.id, i.client, i.payload, c.org, 0 AS hits, CASE WHEN c.org IS NULL THEN 0 ELSE 1 END AS touched
      FROM item i LEFT JOIN client c ON c.id = i.client)
    SELECT count(*) FROM ((TABLE item EXCEPT TABLE expected) UNION ALL (TABLE expected EXCEPT TABLE item)) d)"),
            "0");
  EXPECT_EQ(database.Value("SELECT count(*) FROM item"), "160000");
  EXPECT_EQ(database.Value("SELECT rows_filled FROM rung.fill"),
            database.Value("SELECT count(*) FROM item WHERE org IS NOT NULL"));
  EXPECT_EQ(database.Value("SELECT count(*) FROM rung.chunk"), "0");
}

TEST_F(KillLoop, EveryKeyOfAFillThatRunsOnceIsVisitedExactlyOnce) {
  Prepare(R"(
[[fill]]
table = "item"
set   = { hits = "hits + 1" }
once  = true
)");
  RunThroughFaults();

  TestDatabase& database = project_.database;
  EXPECT_EQ(database.Query("SELECT hits, touched, count(*) FROM item GROUP BY 1, 2 ORDER BY 1, 2"),
            (std::vector<std::vector<std::string>>{{"1", "1", "160000"}}));
  EXPECT_EQ(database.Value("SELECT rows_filled FROM rung.fill"), "160000");
  EXPECT_EQ(database.Value("SELECT count(*) FROM rung.chunk"), "0");
}

// Every 2,000th row is refused, so most faults fall while a slice is halved. Each row is counted as
// filled or is set aside, never both and never neither.
TEST_F(KillLoop, RowsThatAreRefusedAreSetAsideOnceAndTheOthersVisitedOnce) {
  Prepare(R"(
[[fill]]
table = "item"
set   = { hits = "hits + 1" }
once  = true
)");
  TestDatabase& database = project_.database;
  database.Query(
      "ALTER TABLE item ADD serial int GENERATED ALWAYS AS IDENTITY, "
      "ADD CONSTRAINT no_hit CHECK (hits = 0 OR serial % 2000 > 0)");
  last_exit_ = 3;
  longest_pause_ms_ = 400;  // a slice in halves takes longer
  RunThroughFaults();

  EXPECT_EQ(
      database.Query("SELECT hits, touched, count(*), count(*) FILTER (WHERE serial % 2000 = "
                     "0) FROM item GROUP BY 1, 2 ORDER BY 1, 2"),
      (std::vector<std::vector<std::string>>{{"0", "0", "80", "80"}, {"1", "1", "159920", "0"}}));
  EXPECT_EQ(database.Value("SELECT rows_filled FROM rung.fill"), "159920");
  EXPECT_EQ(database.Value("SELECT count(*) FROM rung.reject r JOIN item ON id = (r.key)[1]::uuid "
                           "WHERE serial % 2000 = 0 AND attempts = 1"),
            "80");
  EXPECT_EQ(database.Value("SELECT count(*) FROM rung.reject"), "80");
  EXPECT_EQ(database.Value("SELECT count(*) FROM rung.chunk"), "0");
  database.Query("ALTER TABLE item DROP CONSTRAINT no_hit");
  project_.RunExpecting(0, {"rejects", "--retry"});
  project_.RunExpecting(0, {"backfill"});
  EXPECT_EQ(database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
            (std::vector<std::vector<std::string>>{{"1", "160000"}}));
  EXPECT_EQ(database.Value("SELECT rows_filled FROM rung.fill"), "160000");
}

}  // namespace
}  // namespace rung::test
