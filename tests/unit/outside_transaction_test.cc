// Which statements PostgreSQL keeps out of transactions, and what is known of indexes built
// CONCURRENTLY.
#include <gtest/gtest.h>

#include "sql/statements.h"

namespace rung::sql {
namespace {

Statement Classified(std::string_view text) {
  const Script script = SplitStatements(text);
  const auto fault = FindSyntaxFault(script.statements);
  EXPECT_FALSE(fault) << text << ": " << fault->what;
  return script.statements.at(0);
}

TEST(OutsideTransaction, IsEveryStatementThatPostgreSqlKeepsOut) {
  struct Case {
    const char* text;
    const char* reason;
  };
  for (const auto& [text, reason] : {
           Case{"CREATE INDEX CONCURRENTLY a ON b (c)", "CREATE INDEX CONCURRENTLY"},
           Case{"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a ON b (c)",
                "CREATE INDEX CONCURRENTLY"},
           Case{"DROP INDEX CONCURRENTLY a", "DROP INDEX CONCURRENTLY"},
           Case{"REINDEX TABLE CONCURRENTLY a", "REINDEX CONCURRENTLY"},
           Case{"REINDEX (CONCURRENTLY, VERBOSE) INDEX a", "REINDEX CONCURRENTLY"},
           Case{"REINDEX SCHEMA public", "REINDEX of a whole schema or database"},
           Case{"REINDEX DATABASE orders", "REINDEX of a whole schema or database"},
           Case{"REINDEX SYSTEM orders", "REINDEX of a whole schema or database"},
           Case{"VACUUM", "VACUUM"},
           Case{"VACUUM FULL a", "VACUUM"},
           Case{"VACUUM (ANALYZE) a", "VACUUM"},
           Case{"CLUSTER", "CLUSTER of all tables"},
           Case{"CLUSTER VERBOSE", "CLUSTER of all tables"},
           Case{"ALTER TABLE a DETACH PARTITION b CONCURRENTLY", "DETACH PARTITION CONCURRENTLY"},
           Case{"CREATE DATABASE a", "CREATE DATABASE"},
           Case{"DROP DATABASE IF EXISTS a", "DROP DATABASE"},
           Case{"ALTER DATABASE a SET TABLESPACE b", "ALTER DATABASE SET TABLESPACE"},
           Case{"CREATE TABLESPACE a LOCATION '/b'", "CREATE TABLESPACE"},
           Case{"DROP TABLESPACE a", "DROP TABLESPACE"},
           Case{"ALTER SYSTEM SET work_mem = '64MB'", "ALTER SYSTEM"},
           Case{"ALTER SYSTEM RESET ALL", "ALTER SYSTEM"},
           Case{"DISCARD ALL", "DISCARD ALL"},
           Case{"CREATE SUBSCRIPTION a CONNECTION 'b' PUBLICATION c", "CREATE SUBSCRIPTION"},
           Case{"DROP SUBSCRIPTION a", "DROP SUBSCRIPTION"},
       }) {
    EXPECT_EQ(Classified(text).outside, reason) << text;
  }
}

TEST(OutsideTransaction, IsNoneOfTheirNeighbours) {
  for (const char* text : {
           "CREATE INDEX a ON b (c)",
           "CREATE INDEX \"concurrently\" ON b (c)",
           "DROP INDEX a",
           "REINDEX TABLE a",
           "REINDEX INDEX a",
           "REINDEX (VERBOSE) TABLE a",
           "ANALYZE",
           "ANALYZE a",
           "CLUSTER a USING b",
           "CLUSTER a",
           "ALTER TABLE a DETACH PARTITION b",
           "ALTER TABLE a DETACH PARTITION b FINALIZE",
           "ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)",
           "ALTER DATABASE a SET work_mem = '64MB'",
           "ALTER DATABASE a RENAME TO b",
           "ALTER DATABASE a CONNECTION LIMIT 5",
           "ALTER TABLE a SET TABLESPACE b",
           "ALTER TYPE mood ADD VALUE 'happy'",
           "REFRESH MATERIALIZED VIEW CONCURRENTLY a",
           "DISCARD TEMP",
           "DISCARD PLANS",
           "SET work_mem = '64MB'",
           "ALTER SUBSCRIPTION a DISABLE",
           "CREATE PUBLICATION a FOR ALL TABLES",
           "CREATE SCHEMA a",
           "DROP TABLE a",
           "CALL p()",
           "SELECT 'VACUUM'",
           "COMMENT ON TABLE a IS 'CREATE INDEX CONCURRENTLY'",
       }) {
    EXPECT_EQ(Classified(text).outside, "") << text;
  }
}

TEST(ConcurrentIndex, IsKnownByItsNames) {
  const auto index = FindConcurrentIndex("CREATE INDEX CONCURRENTLY a ON app.b (c)");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->schema, "app");
  EXPECT_EQ(index->name, "a");
  EXPECT_EQ(index->table, "b");
}

TEST(ConcurrentIndex, HasItsNamesAsTheCatalogKnowsThem) {
  const auto index = FindConcurrentIndex(
      R"(CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "A ""b""" ON ONLY Users (c))");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->schema, "");
  EXPECT_EQ(index->name, "A \"b\"");
  EXPECT_EQ(index->table, "users");
}

TEST(ConcurrentIndex, HasANameCutAsPostgreSqlCutsIt) {
  const std::string name(70, 'x');
  const auto index = FindConcurrentIndex("CREATE INDEX CONCURRENTLY " + name + " ON b (c)");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->name, std::string(63, 'x'));
}

TEST(ConcurrentIndex, MayLeaveItsNameToPostgreSql) {
  const auto index = FindConcurrentIndex("CREATE INDEX CONCURRENTLY ON b (c)");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->name, "");
}

TEST(ConcurrentIndex, IsNothingElse) {
  for (const char* text :
       {"CREATE INDEX a ON b (c)", "DROP INDEX CONCURRENTLY a", "REINDEX INDEX CONCURRENTLY a"}) {
    EXPECT_FALSE(FindConcurrentIndex(text)) << text;
  }
}

TEST(OutsideTransaction, IsARefreshOfASubscription) {
  EXPECT_EQ(Classified("ALTER SUBSCRIPTION a REFRESH PUBLICATION").outside,
            "ALTER SUBSCRIPTION REFRESH");
  EXPECT_EQ(Classified("ALTER SUBSCRIPTION a SET PUBLICATION b").outside,
            "ALTER SUBSCRIPTION REFRESH");
}

TEST(OutsideTransaction, IsNoReindexThatSaysItIsNotConcurrent) {
  EXPECT_EQ(Classified("REINDEX (CONCURRENTLY false) TABLE a").outside, "");
}

}  // namespace
}  // namespace rung::sql
