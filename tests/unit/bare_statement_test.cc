#include "sql/bare_statement.h"

#include <gtest/gtest.h>

namespace rung::sql {
namespace {

TEST(BareStatement, RunsWithItsRecordWhereItMay) {
  for (const char* text :
       {"INSERT INTO a VALUES (1)", "UPDATE a SET b = 1", "DELETE FROM a", "TRUNCATE a",
        "ALTER TYPE a ADD VALUE 'b'", "CREATE TABLE a (b int)", "ALTER TABLE a ADD COLUMN b int",
        "CREATE INDEX a ON b (c)", "DROP INDEX a", "DROP TABLE a", "SET search_path = a",
        "SELECT set_config('a.b', '', false)", "ALTER TABLE a DETACH PARTITION b",
        "ALTER TABLE a DETACH PARTITION b FINALIZE"}) {
    EXPECT_EQ(LookAtBare(text).how, HowItEnds::kWithItsRecord) << text;
  }
}

TEST(BareStatement, MayBeRepeatedWhereTwiceIsOnce) {
  for (const char* text :
       {"VACUUM", "VACUUM FULL a", "ANALYZE a", "CLUSTER", "CHECKPOINT", "REINDEX TABLE a",
        "REFRESH MATERIALIZED VIEW CONCURRENTLY a", "ALTER SYSTEM SET work_mem = '8MB'",
        "DISCARD ALL", "ALTER DATABASE a SET TABLESPACE b", "DROP DATABASE IF EXISTS a"}) {
    EXPECT_EQ(LookAtBare(text).how, HowItEnds::kRepeatable) << text;
  }
}

TEST(BareStatement, LeavesToAPersonWhatNothingTells) {
  for (const char* text :
       {"CALL refill()", "DO $$ BEGIN COMMIT; END $$", "SELECT refill()", "CREATE DATABASE a",
        "DROP DATABASE a", "CREATE TABLESPACE a LOCATION '/a'", "NEW STATEMENT", "",
        "CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c",
        "CREATE MATERIALIZED VIEW a AS SELECT 1"}) {
    EXPECT_EQ(LookAtBare(text).how, HowItEnds::kUnknown) << text;
  }
}

TEST(BareStatement, NamesWhatTheCatalogIsAskedFor) {
  BareStatement bare = LookAtBare("CREATE INDEX CONCURRENTLY ON app.\"Item\" (org, lower(name))");
  EXPECT_EQ(bare.how, HowItEnds::kIndexBuilt);
  EXPECT_TRUE(bare.is_concurrent);
  EXPECT_EQ(bare.table.schema, "app");
  EXPECT_EQ(bare.table.name, "Item");
  EXPECT_EQ(bare.index.name, "");
  EXPECT_EQ(bare.columns, (std::vector<std::string>{"org", ""}));

  bare = LookAtBare("DROP INDEX CONCURRENTLY IF EXISTS app.item_org");
  EXPECT_EQ(bare.how, HowItEnds::kIndexDropped);
  EXPECT_EQ(bare.index.schema, "app");
  EXPECT_EQ(bare.index.name, "item_org");

  bare = LookAtBare("ALTER TABLE item DETACH PARTITION app.item_2020 CONCURRENTLY");
  EXPECT_EQ(bare.how, HowItEnds::kPartitionDetached);
  EXPECT_EQ(bare.table.name, "item");
  EXPECT_EQ(bare.partition.schema, "app");
  EXPECT_EQ(bare.partition.name, "item_2020");

  bare = LookAtBare("REINDEX INDEX CONCURRENTLY item_org");
  EXPECT_EQ(bare.how, HowItEnds::kReindexed);
  EXPECT_EQ(bare.index.name, "item_org");
  EXPECT_EQ(LookAtBare("REINDEX (CONCURRENTLY) TABLE item").table.name, "item");
  EXPECT_EQ(LookAtBare("REINDEX SCHEMA CONCURRENTLY app").reindexed_schema, "app");
}

}  // namespace
}  // namespace rung::sql
