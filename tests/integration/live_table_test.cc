// Backfills of tables that live: the application writes, other runs join, somebody rewrites the heap.

#include <gtest/gtest.h>

#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kFill = R"(
[[fill]]
tables = ["item", "part"]
from   = "client"
match  = "client.id = client_id"
set    = { org = "client.org" }
)";

// `touched` counts how often a row is written with its organization.
constexpr const char* kTables = R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
INSERT INTO client SELECT g, CASE WHEN g % 10 > 0 THEN 'org_' || g END FROM generate_series(1, 50) g;
CREATE TABLE item (id int PRIMARY KEY, client_id int, org text, touched int DEFAULT 0, payload text);
CREATE TABLE part (LIKE item INCLUDING ALL);
INSERT INTO item SELECT g, g % 52, NULL, 0, repeat('x', 100) FROM generate_series(1, 4000) g;
INSERT INTO part SELECT g, g % 52, NULL, 0, repeat('x', 100) FROM generate_series(1, 3000) g;
CREATE FUNCTION count_touch() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.org IS DISTINCT FROM OLD.org THEN NEW.touched := OLD.touched + 1; END IF; RETURN NEW; END $$;
CREATE TRIGGER count_touch BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION count_touch();
CREATE TRIGGER count_touch BEFORE UPDATE ON part FOR EACH ROW EXECUTE FUNCTION count_touch();
ANALYZE item, part;
)";

class LiveTable : public testing::Test {
 protected:
  LiveTable() {
    project_.Write("migrations/001_tables.sql", kTables);
    project_.Write("backfills/001_org.toml", kFill);
    project_.RunExpecting(0, {"migrate"});
    gate_ = std::make_unique<Gate>(project_.database);
    gate_->Guard("item");
  }

  // Every row of both tables is as one UPDATE statement would have left it, and was written once; the
  // ledger has counted each.
  void ExpectEveryRowFilledOnceAndCounted() {
    for (const char* table : {"item", "part"}) {
      EXPECT_EQ(project_.database.Query(
                    std::string("SELECT count(*) FROM ") + table +
                    " i LEFT JOIN client c ON c.id = client_id WHERE i.org IS DISTINCT FROM c.org "
                    "OR touched <> CASE WHEN c.org IS NULL THEN 0 ELSE 1 END"),
                (Rows{{"0"}}))
          << table;
      EXPECT_EQ(project_.database.Value(
                    std::string("SELECT rows_filled FROM rung.fill WHERE relation = 'public.") +
                    table + "'"),
                project_.database.Value(std::string("SELECT count(org) FROM ") + table))
          << table;
    }
    EXPECT_EQ(project_.database.Query(
                  "SELECT state, (SELECT count(*) FROM rung.chunk) FROM rung.backfill"),
              (Rows{{"complete", "0"}}));
  }

  // Waits until the session of this name waits for a lock.
  bool WaitUntilBlocked(const std::string& application) {
    return WaitUntil([&] {
      return project_.database.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "wait_event_type = 'Lock' AND application_name = '" +
                 application + "'") != "0";
    });
  }

  // VACUUM FULL queues for its lock behind the first batch, and comes before the next one.
  std::string RunWhileItIsRewritten() {
    pg::Connection other = project_.database.Connect("vacuum");
    std::jthread vacuum;
    WatchedRun run(project_, {"backfill", "--verbose"});
    EXPECT_TRUE(gate_->WaitUntilReached());
    vacuum = std::jthread([&] { other.Exec("VACUUM FULL item"); });
    EXPECT_TRUE(WaitUntilBlocked("vacuum"));
    gate_->Open();
    EXPECT_EQ(run.Wait().exit, 0);
    return run.Told();
  }

  std::string Pass(const std::string& table) {
    return project_.database.Value("SELECT pass FROM rung.fill WHERE relation = 'public." + table +
                                   "'");
  }

  Project project_;
  std::unique_ptr<Gate> gate_;
};

TEST_F(LiveTable, IsFilledByTwoProcessesTogether) {
  gate_->Guard("part");
  Process first(project_.Rung({"backfill"}));
  ASSERT_TRUE(gate_->WaitUntilReached(1));
  Process second(project_.Rung({"backfill"}));
  ASSERT_TRUE(gate_->WaitUntilReached(2));
  gate_->Open();
  EXPECT_EQ(first.Wait().exit, 0);
  EXPECT_EQ(second.Wait().exit, 0);
  ExpectEveryRowFilledOnceAndCounted();
  EXPECT_EQ(project_.database.Query("SELECT kind, count(*) FROM rung.event WHERE kind LIKE "
                                    "'backfill%' GROUP BY 1 ORDER BY 1"),
            (Rows{{"backfill completed", "1"}, {"backfill started", "1"}}));
}

TEST_F(LiveTable, IsFinishedByTheOtherWhenOneIsKilled) {
  gate_->Guard("part");
  Process first(project_.Rung({"backfill"}));
  ASSERT_TRUE(gate_->WaitUntilReached(1));
  Process second(project_.Rung({"backfill"}));
  ASSERT_TRUE(gate_->WaitUntilReached(2));
  first.Signal(SIGKILL);
  first.Wait();
  gate_->Open();
  EXPECT_EQ(second.Wait().exit, 0);
  ExpectEveryRowFilledOnceAndCounted();
}

TEST_F(LiveTable, RowsInsertedMeanwhileAreFoundByTheVerification) {
  WatchedRun run(project_, {"backfill"});
  ASSERT_TRUE(gate_->WaitUntilReached());
  project_.database.Query(
      "INSERT INTO item SELECT g, g % 52, NULL, 0, repeat('x', 100) FROM generate_series(4001, "
      "4500) g");
  gate_->Open();
  EXPECT_EQ(run.Wait().exit, 0);
  EXPECT_NE(run.Told().find(" rows more to fill, pass 2 begins\n"), std::string::npos)
      << run.Told();
  EXPECT_EQ(Pass("item"), "2");
  ExpectEveryRowFilledOnceAndCounted();
}

TEST_F(LiveTable, RowsThatMoveMeanwhileAreFoundByTheVerification) {
  Process run(project_.Rung({"backfill"}));
  ASSERT_TRUE(gate_->WaitUntilReached());
  // Those that the first batch does not hold go to the end of the table.
  project_.database.Query(
      "SET session_replication_role = replica; "  // not through the gate
      "UPDATE item SET payload = repeat('y', 200) WHERE id IN "
      "(SELECT id FROM item WHERE org IS NULL FOR UPDATE SKIP LOCKED)");
  gate_->Open();
  EXPECT_EQ(run.Wait().exit, 0);
  EXPECT_EQ(Pass("item"), "2");
  ExpectEveryRowFilledOnceAndCounted();
}

TEST_F(LiveTable, RewrittenBetweenTwoSlicesIsFilledToTheEnd) {
  RunWhileItIsRewritten();
  ExpectEveryRowFilledOnceAndCounted();
}

TEST_F(LiveTable, RewrittenBetweenTwoChunksStartsItsSweepAgain) {
  // Half empty pages: the table has more chunks than one.
  project_.database.Query(R"(
    ALTER TABLE item SET (fillfactor = 10);
    INSERT INTO item SELECT g, g % 52, NULL, 0, repeat('x', 100) FROM generate_series(4001, 16000) g)");
  const std::string told = RunWhileItIsRewritten();
  const std::string begins = "item: page sweep begins";
  EXPECT_NE(told.find(begins, told.find(begins) + 1), std::string::npos) << told;
  ExpectEveryRowFilledOnceAndCounted();
}

TEST_F(LiveTable, ARowThatIsHeldForLongMakesItsSliceWaitAndIsFilledInTheEnd) {
  gate_->Open();
  pg::Connection application = project_.database.Connect();
  application.Exec("BEGIN; UPDATE item SET payload = 'held' WHERE id = 77");
  WatchedRun run(project_, {"backfill", "--jobs", "2", "--verbose"});
  ASSERT_TRUE(
      run.WaitUntilTold("item: canceling statement due to lock timeout [55P03]; trying again"));
  ASSERT_TRUE(run.WaitUntilTold("part: complete"));
  application.Exec("COMMIT");
  EXPECT_EQ(run.Wait().exit, 0);
  EXPECT_EQ(project_.database.Value("SELECT payload FROM item WHERE id = 77"), "held");
  ExpectEveryRowFilledOnceAndCounted();
}

TEST_F(LiveTable, ADeadlockWithTheApplicationIsTriedAgain) {
  // A batch of `part` stands at the gate with its rows locked, and then wants a client.
  gate_->Guard("part");
  project_.database.Query(R"(
    DROP TRIGGER stand_at_gate ON item;
    CREATE FUNCTION take_client() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      SET LOCAL deadlock_timeout = '10ms';
      SET LOCAL lock_timeout = '20s';
      PERFORM FROM client WHERE id = 1 FOR UPDATE;
      RETURN NULL;
    END $$;
    CREATE TRIGGER take_client AFTER UPDATE ON part FOR EACH STATEMENT EXECUTE FUNCTION take_client())");
  pg::Connection application = project_.database.Connect("application");
  std::jthread waiting;
  WatchedRun run(project_, {"backfill", "--verbose"});
  ASSERT_TRUE(gate_->WaitUntilReached());
  // The application has the client, and wants the rows.
  application.Exec(
      "SET deadlock_timeout = '100s'; BEGIN; UPDATE client SET org = org WHERE id = 1");
  waiting = std::jthread([&] { application.Exec("SELECT FROM part FOR UPDATE; COMMIT"); });
  ASSERT_TRUE(WaitUntilBlocked("application"));
  gate_->Open();
  ASSERT_TRUE(run.WaitUntilTold("part: deadlock detected [40P01]; trying again")) << run.Told();
  EXPECT_EQ(run.Wait().exit, 0);
  waiting.join();
  ExpectEveryRowFilledOnceAndCounted();
}

}  // namespace
}  // namespace rung::test
