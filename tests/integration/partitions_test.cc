// Relations that come and go while a backfill runs.

#include <gtest/gtest.h>

#include "integration/gate.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Partitions : public testing::Test {
 protected:
  Partitions() : gate_(project_.database) {
    project_.Write("migrations/001_event.sql", R"(
CREATE TABLE event (id int, month int, org text, hits int NOT NULL DEFAULT 0, PRIMARY KEY (month, id)) PARTITION BY LIST (month);
CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
INSERT INTO event SELECT g, 1 FROM generate_series(1, 500) g;
CREATE TABLE event_2 (LIKE event INCLUDING ALL);
INSERT INTO event_2 SELECT g, 2 FROM generate_series(1, 500) g;
)");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"event\"\nset = { org = \"'org_' || id\" }\n");
    project_.RunExpecting(0, {"migrate"});
    gate_.Guard("event_1");
  }

  // A run that stands within its first batch while `meanwhile` is done.
  Result RunWith(const std::string& meanwhile, int exit = 0) {
    Process run(project_.Rung({"up"}));
    EXPECT_TRUE(gate_.WaitUntilReached());
    project_.database.Query(meanwhile);
    gate_.Open();
    const Result result = run.Wait();
    EXPECT_EQ(result.exit, exit) << result.err;
    return result;
  }

  Project project_;
  Gate gate_;
};

TEST_F(Partitions, AttachedAfterTheStartAreSweptToo) {
  const Result result = RunWith("ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES IN (2)");
  EXPECT_EQ(project_.database.Query(
                "SELECT month, count(*), count(org) FROM event GROUP BY 1 ORDER BY 1"),
            (Rows{{"1", "500", "500"}, {"2", "500", "500"}}));
  EXPECT_EQ(
      project_.database.Query("SELECT relation, state, rows_filled FROM rung.fill ORDER BY 1"),
      (Rows{{"public.event_1", "complete", "500"}, {"public.event_2", "complete", "500"}}));
  EXPECT_EQ(Masked(project_, result.err),
            R"(warning: 001_org: event: trigger stand_at_gate fires: AFTER UPDATE, each batch
001_org: 1 of 1 tables to fill, 1 worker
event_1: complete, 500 rows filled
001_org: public.event_2 came after the start, it is swept too
event_2: complete, 500 rows filled
001_org: complete and verified, 1,000 rows filled, this run took <duration>
up to date: 1 migration applied, 1 backfill complete
)");
}

TEST_F(Partitions, OfAnInheritedTableAsWell) {
  project_.database.Query(
      "CREATE TABLE item (id int PRIMARY KEY, org text); INSERT INTO item "
      "SELECT generate_series(1, 100)");
  gate_.Guard("item");
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
  RunWith(
      "CREATE TABLE item_more () INHERITS (item); INSERT INTO item_more SELECT "
      "generate_series(101, 150)");
  EXPECT_EQ(project_.database.Query("SELECT count(*), count(org) FROM item"),
            (Rows{{"150", "150"}}));
}

TEST_F(Partitions, DetachedAfterTheStartEndWithTheBackfill) {
  project_.database.Query("ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES IN (2)");
  RunWith("DROP TABLE IF EXISTS event_3");
  EXPECT_EQ(project_.database.Query("SELECT state FROM rung.backfill"), (Rows{{"complete"}}));

  Project project;
  project.Write("migrations/001_event.sql", R"(
CREATE TABLE event (id int, month int, org text, PRIMARY KEY (month, id)) PARTITION BY LIST (month);
CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2);
INSERT INTO event SELECT g, 1 + g % 2 FROM generate_series(1, 1000) g;
)");
  project.Write("backfills/001_org.toml",
                "[[fill]]\ntable = \"event\"\nset = { org = \"'org_' || id\" }\n");
  project.RunExpecting(0, {"migrate"});
  Gate gate(project.database);
  gate.Guard("event_1");
  Process run(project.Rung({"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  run.Signal(SIGKILL);
  run.Wait();
  gate.Open();
  project.database.Query("ALTER TABLE event DETACH PARTITION event_2");
  project.RunExpecting(0, {"up"});
  EXPECT_EQ(project.database.Query("SELECT relation, state, rows_filled FROM rung.fill ORDER BY 1"),
            (Rows{{"public.event_1", "complete", "500"}, {"public.event_2", "complete", "0"}}));
  EXPECT_EQ(
      project.database.Query("SELECT state, (SELECT count(*) FROM rung.chunk) FROM rung.backfill"),
      (Rows{{"complete", "0"}}));
}

// Its rows may have been visited where they came from.
TEST_F(Partitions, AreLeftAloneByAFillThatVisitsEachKeyOnce) {
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"event\"\nset = { hits = \"hits + 1\" }\nonce = true\n");
  RunWith("ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES IN (2)");
  EXPECT_EQ(
      project_.database.Query("SELECT month, hits, count(*) FROM event GROUP BY 1, 2 ORDER BY 1"),
      (Rows{{"1", "1", "500"}, {"2", "0", "500"}}));
  const Result again = project_.RunExpecting(0, {"backfill", "--again"});
  EXPECT_EQ(Masked(project_, again.err),
            R"(warning: 001_org: event_2 came after the start and is left alone, for once = true
001_org: 0 of 1 tables to fill, 1 worker
001_org: complete and verified, 500 rows filled, this run took <duration>
up to date: 1 migration applied, 1 backfill complete
)");
  EXPECT_EQ(
      project_.database.Query("SELECT month, hits, count(*) FROM event GROUP BY 1, 2 ORDER BY 1"),
      (Rows{{"1", "1", "500"}, {"2", "0", "500"}}));
}

TEST_F(Partitions, ThatAnotherRunHasFoundAreWaitedFor) {
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(gate_.WaitUntilReached());
  Process second(project_.Rung({"backfill"}));
  project_.database.Query("ALTER TABLE event ATTACH PARTITION event_2 FOR VALUES IN (2)");
  gate_.Open();
  EXPECT_EQ(first.Wait().exit, 0);
  EXPECT_EQ(second.Wait().exit, 0);
  EXPECT_EQ(project_.database.Query("SELECT count(*), count(org) FROM event"),
            (Rows{{"1000", "1000"}}));
  EXPECT_EQ(
      project_.database.Query("SELECT relation, state, rows_filled FROM rung.fill ORDER BY 1"),
      (Rows{{"public.event_1", "complete", "500"}, {"public.event_2", "complete", "500"}}));
  EXPECT_EQ(
      project_.database.Value("SELECT count(*) FROM rung.event WHERE kind = 'backfill completed'"),
      "1");
}

}  // namespace
}  // namespace rung::test
