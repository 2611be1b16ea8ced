// What `rung plan` warns of before a backfill runs, and the run when it begins.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/masked.h"
#include "support/wait.h"

namespace rung::test {
namespace {

class Danger : public testing::Test {
 protected:
  Danger() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE org (id text PRIMARY KEY);
INSERT INTO org SELECT 'org_' || g FROM generate_series(1, 100) g;
CREATE TABLE item (id int PRIMARY KEY, name text, org text, updated_at timestamptz);
INSERT INTO item SELECT generate_series(1, 100);
)");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
    project_.RunExpecting(0, {"migrate"});
  }

  // The plan's second table; empty where there is none.
  std::string Warnings() {
    const Result result = project_.RunExpecting(0, {"plan"});
    EXPECT_EQ(result.err, "");
    const size_t at = result.out.find("\n\n");
    return at == std::string::npos ? "" : Masked(project_, result.out.substr(at + 2));
  }

  static constexpr const char* kTouch = R"(
    CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN NEW.updated_at := now(); RETURN NEW; END $$;
    CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;)";

  Project project_;
};

TEST_F(Danger, IsNoneForAPlainTable) { EXPECT_EQ(Warnings(), ""); }

TEST_F(Danger, IsEverythingElseThatARowSetsOff) {
  project_.database.Query(std::string(kTouch) + R"(
    CREATE TRIGGER touch BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER log AFTER UPDATE OF org, name ON item FOR EACH STATEMENT EXECUTE FUNCTION nothing();
    CREATE TRIGGER of_name BEFORE UPDATE OF name ON item FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER on_insert BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE TRIGGER off BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch();
    ALTER TABLE item DISABLE TRIGGER off;
    ALTER TABLE item ADD CONSTRAINT item_org FOREIGN KEY (org) REFERENCES org;
    CREATE INDEX item_by_org ON item (org);
    CREATE INDEX item_without_org ON item (id) WHERE org IS NULL;
    CREATE PUBLICATION supabase_realtime FOR TABLE item;
    CREATE PUBLICATION other FOR ALL TABLES;
    CREATE PUBLICATION of_inserts FOR TABLE item WITH (publish = 'insert'))");
  EXPECT_EQ(Warnings(), R"(rung     table  warning
-------  -----  --------------------------------------------------------------------
001_org  item   trigger touch fires: BEFORE UPDATE, each row
         item   trigger log fires: AFTER UPDATE OF, each batch
         item   publication other holds it: each row is sent
         item   publication supabase_realtime holds it: each row is a Realtime event
         item   foreign key item_org: each row locks its parent in org
         item   index item_by_org is on the column: no update is HOT
         item   index item_without_org is on the column: no update is HOT
)");
  const auto json =
      nlohmann::json::parse(project_.RunExpecting(0, {"plan", "--format", "json"}).out);
  EXPECT_EQ(json["steps"][0]["warnings"].size(), 7u);
  EXPECT_EQ(
      json["steps"][0]["warnings"][0].dump(),
      R"({"kind":"trigger","table":"item","text":"trigger touch fires: BEFORE UPDATE, each row"})");

  const Result up = project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Masked(project_, up.err),
            R"(warning: 001_org: item: trigger touch fires: BEFORE UPDATE, each row
warning: 001_org: item: trigger log fires: AFTER UPDATE OF, each batch
warning: 001_org: item: publication other holds it: each row is sent
warning: 001_org: item: publication supabase_realtime holds it: each row is a Realtime event
warning: 001_org: item: foreign key item_org: each row locks its parent in org
warning: 001_org: item: index item_by_org is on the column: no update is HOT
warning: 001_org: item: index item_without_org is on the column: no update is HOT
001_org: 1 of 1 tables to fill, 1 worker
item: complete, 100 rows filled
001_org: complete and verified, 100 rows filled, this run took <duration>
up to date: 1 migration applied, 1 backfill complete
)");
}

TEST_F(Danger, OfALeafIsToldOnceForTheTable) {
  project_.database.Query(std::string(kTouch) + R"(
    CREATE TABLE event (id int PRIMARY KEY, org text, updated_at timestamptz) PARTITION BY LIST (id);
    CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
    CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2);
    CREATE TRIGGER touch BEFORE UPDATE ON event FOR EACH ROW EXECUTE FUNCTION touch();
    CREATE PUBLICATION p FOR TABLE event WITH (publish_via_partition_root))");
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"event\"\nset = { org = \"'o'\" }\n");
  EXPECT_EQ(Warnings(), R"(rung     table  warning
-------  -----  --------------------------------------------
001_org  event  trigger touch fires: BEFORE UPDATE, each row
         event  publication p holds it: each row is sent
)");
}

// The server itself refuses every UPDATE then.
TEST_F(Danger, IsAnErrorWhereThePublicationCannotTellItsRows) {
  project_.database.Query(
      "CREATE TABLE bare (id int, org text); CREATE PUBLICATION p FOR TABLE bare");
  project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"bare\"\nset = { org = \"'o'\" }\n");
  EXPECT_EQ(
      Masked(project_, project_.RunExpecting(1, {"plan"}).err),
      R"(rung: backfills/001_org.toml:1: bare: cannot update table "bare" because it does not have a replica identity and publishes updates [55000]
  hint: To enable updating the table, set REPLICA IDENTITY using ALTER TABLE.
  state: nothing of this backfill was run
  next:  give the table a primary key or another REPLICA IDENTITY, or take it out of the publication
)");
}

// The trigger that looks at the variable leaves the backfill's rows alone, and only those.
TEST_F(Danger, OfTriggersEndsWithAVariableThatTheyLookAt) {
  project_.database.Query(std::string(kTouch) + R"(
    CREATE FUNCTION touch_unless() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF current_setting('rung.backfill', true) = 'on' THEN RETURN NEW; END IF;
      NEW.name := 'touched'; RETURN NEW;
    END $$;
    CREATE TRIGGER touch BEFORE UPDATE ON item FOR EACH ROW
      WHEN (current_setting('rung.backfill', true) IS DISTINCT FROM 'on') EXECUTE FUNCTION touch();
    CREATE TRIGGER inside BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION touch_unless();
    CREATE TRIGGER blind AFTER UPDATE ON item FOR EACH ROW EXECUTE FUNCTION nothing())");
  EXPECT_EQ(Warnings(), R"(rung     table  warning
-------  -----  ---------------------------------------------
001_org  item   trigger inside fires: BEFORE UPDATE, each row
         item   trigger touch fires: BEFORE UPDATE, each row
         item   trigger blind fires: AFTER UPDATE, each row
)");
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\ntriggers = "
                 "\"guarded\"\n");
  EXPECT_EQ(Warnings(), R"(rung     table  warning
-------  -----  ----------------------------------------------------------------------------------
001_org  item   trigger blind fires, for it does not look at rung.backfill: AFTER UPDATE, each row
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT count(org), count(updated_at), count(name) FROM item"),
            (std::vector<std::vector<std::string>>{{"100", "0", "0"}}));
  project_.database.Query("UPDATE item SET id = id WHERE id = 1");
  EXPECT_EQ(project_.database.Query("SELECT count(updated_at), count(name) FROM item"),
            (std::vector<std::vector<std::string>>{{"1", "1"}}));
}

TEST_F(Danger, IsATableThatWasNeverAnalyzedUnlessItIsSmall) {
  project_.database.Query(R"(
    ALTER TABLE item SET (autovacuum_enabled = off);
    INSERT INTO item (id, name) SELECT g, repeat('n', 200) FROM generate_series(101, 50000) g)");
  EXPECT_EQ(Warnings(), R"(rung     table  warning
-------  -----  ----------------------------------------------------------
001_org  item   item was never analyzed, its plan is a guess: ANALYZE item
)");
  project_.database.Query("ANALYZE item");
  EXPECT_EQ(Warnings(), "");
}

TEST_F(Danger, IsATransactionThatHoldsAnOldSnapshot) {
  pg::Connection holder = project_.database.Connect("report");
  holder.Exec("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM item LIMIT 1");
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name = "
               "'report' AND xact_start < clock_timestamp() - interval '5 s'") == "1";
  }));
  const std::string warnings = Warnings();
  const std::string what =
      " (report, idle in transaction) has a transaction open since <time>: no update is HOT on "
      "full "
      "pages while it lasts\n";
  EXPECT_NE(warnings.find("the database  session "), std::string::npos) << warnings;
  EXPECT_NE(warnings.find(what), std::string::npos) << warnings;
  holder.Exec("COMMIT");
  EXPECT_EQ(Warnings(), "");
}

TEST_F(Danger, IsAPreparedTransaction) {
  if (project_.database.Value("SHOW max_prepared_transactions") == "0") {
    GTEST_SKIP() << "the server takes no prepared transactions";
  }
  project_.database.Query("BEGIN; UPDATE org SET id = id; PREPARE TRANSACTION 'moved'");
  const std::string warnings = Warnings();
  project_.database.Query("ROLLBACK PREPARED 'moved'");
  EXPECT_NE(warnings.find("transaction 'moved' was prepared at <time> and is still open: no update "
                          "is HOT on full pages while it lasts\n"),
            std::string::npos)
      << warnings;
}

TEST_F(Danger, IsALogicalSlot) {
  if (project_.database.Value("SHOW wal_level") != "logical") {
    GTEST_SKIP() << "the server does not decode its WAL";
  }
  const std::string slot = project_.database.name() + "_slot";
  project_.database.Query("SELECT pg_create_logical_replication_slot('" + slot +
                          "', 'test_decoding')");
  const std::string warnings = Warnings();
  project_.database.Query("SELECT pg_drop_replication_slot('" + slot + "')");
  EXPECT_NE(warnings.find("logical slot <database>_slot is not read: it keeps the WAL of every row "
                          "on this disk\n"),
            std::string::npos)
      << warnings;
}

}  // namespace
}  // namespace rung::test
