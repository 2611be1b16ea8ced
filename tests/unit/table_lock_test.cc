#include "sql/table_lock.h"

#include <gtest/gtest.h>

#include "sql/statements.h"

namespace rung::sql {
namespace {

// "users: ACCESS EXCLUSIVE, clients: SHARE"
std::string Locks(std::string_view text) {
  const Script script = SplitStatements(text);
  const auto fault = FindSyntaxFault(script.statements);
  EXPECT_FALSE(fault) << text << ": " << fault->what;
  std::string locks;
  for (const TableLock& lock : FindTableLocks(script.statements.at(0).text)) {
    locks += (locks.empty() ? "" : ", ") + lock.table + ": " + ToString(lock.mode);
  }
  return locks;
}

struct Case {
  const char* text;
  const char* locks;
};

void ExpectLocks(std::initializer_list<Case> cases) {
  for (const auto& [text, locks] : cases) EXPECT_EQ(Locks(text), locks) << text;
}

TEST(TableLocks, OfTablesAndTheirParts) {
  ExpectLocks({
      {"ALTER TABLE a ADD COLUMN b int", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a DROP COLUMN b", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a ALTER COLUMN b TYPE bigint", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a ALTER COLUMN b SET NOT NULL", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a ADD CONSTRAINT b CHECK (c > 0) NOT VALID", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a VALIDATE CONSTRAINT b", "a: SHARE UPDATE EXCLUSIVE"},
      {"ALTER TABLE a ALTER COLUMN b SET STATISTICS 500", "a: SHARE UPDATE EXCLUSIVE"},
      {"ALTER TABLE a ALTER COLUMN b SET (n_distinct = 5)", "a: SHARE UPDATE EXCLUSIVE"},
      {"ALTER TABLE a SET (fillfactor = 70)", "a: SHARE UPDATE EXCLUSIVE"},
      {"ALTER TABLE a CLUSTER ON b", "a: SHARE UPDATE EXCLUSIVE"},
      {"ALTER TABLE a DISABLE TRIGGER b", "a: SHARE ROW EXCLUSIVE"},
      {"ALTER TABLE a ENABLE ROW LEVEL SECURITY", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a VALIDATE CONSTRAINT b, ADD COLUMN c int", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a RENAME TO b", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a RENAME COLUMN b TO c", "a: ACCESS EXCLUSIVE"},
      {"DROP TABLE a, b.c", "a: ACCESS EXCLUSIVE, b.c: ACCESS EXCLUSIVE"},
      {"TRUNCATE a, b", "a: ACCESS EXCLUSIVE, b: ACCESS EXCLUSIVE"},
  });
}

TEST(TableLocks, OfForeignKeysOnBothTables) {
  ExpectLocks({
      {"ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES c",
       "a: SHARE ROW EXCLUSIVE, c: SHARE ROW EXCLUSIVE"},
      {"ALTER TABLE a ADD COLUMN b int REFERENCES c",
       "a: ACCESS EXCLUSIVE, c: SHARE ROW EXCLUSIVE"},
      {"CREATE TABLE a (b int REFERENCES c, FOREIGN KEY (b) REFERENCES d)",
       "c: SHARE ROW EXCLUSIVE, d: SHARE ROW EXCLUSIVE"},
      {"ALTER TABLE a ADD FOREIGN KEY (b) REFERENCES a", "a: SHARE ROW EXCLUSIVE"},
  });
}

TEST(TableLocks, OfPartitionsOnTheParent) {
  ExpectLocks({
      {"ALTER TABLE a DETACH PARTITION b FINALIZE", "a: SHARE UPDATE EXCLUSIVE"},
  });
}

TEST(TableLocks, OfWhatStandsOnATable) {
  ExpectLocks({
      {"CREATE INDEX i ON a (b)", "a: SHARE"},
      {"CREATE INDEX CONCURRENTLY i ON a (b)", "a: SHARE UPDATE EXCLUSIVE"},
      {"CREATE TRIGGER t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()",
       "a: SHARE ROW EXCLUSIVE"},
      {"CREATE POLICY p ON a USING (true)", "a: ACCESS EXCLUSIVE"},
      {"CREATE RULE r AS ON INSERT TO a DO NOTHING", "a: ACCESS EXCLUSIVE"},
      {"VACUUM a, b", "a: SHARE UPDATE EXCLUSIVE, b: SHARE UPDATE EXCLUSIVE"},
      {"ANALYZE a", "a: SHARE UPDATE EXCLUSIVE"},
  });
}

TEST(TableLocks, OfRowsReadAndWritten) {
  ExpectLocks({
      {"SELECT * FROM a JOIN b USING (c)", "a: ACCESS SHARE, b: ACCESS SHARE"},
      {"SELECT (SELECT max(x) FROM b) FROM a", "b: ACCESS SHARE, a: ACCESS SHARE"},
      {"INSERT INTO a VALUES (1)", "a: ROW EXCLUSIVE"},
      {"INSERT INTO a SELECT * FROM b", "a: ROW EXCLUSIVE, b: ACCESS SHARE"},
      {"UPDATE a SET x = 1 FROM b WHERE b.id = a.id", "a: ROW EXCLUSIVE, b: ACCESS SHARE"},
      {"DELETE FROM a USING b WHERE b.id = a.id", "a: ROW EXCLUSIVE, b: ACCESS SHARE"},
      {"UPDATE a SET x = (SELECT max(x) FROM a)", "a: ROW EXCLUSIVE"},
  });
}

TEST(TableLocks, OfLockAsItSays) {
  ExpectLocks({
      {"LOCK TABLE a IN ACCESS SHARE MODE", "a: ACCESS SHARE"},
      {"LOCK TABLE a IN ROW SHARE MODE", "a: ROW SHARE"},
      {"LOCK TABLE a IN EXCLUSIVE MODE", "a: EXCLUSIVE"},
      {"LOCK TABLE a, b", "a: ACCESS EXCLUSIVE, b: ACCESS EXCLUSIVE"},
  });
}

TEST(TableLocks, AreNoneWhereNoTableOfOldIsTouched) {
  ExpectLocks({
      {"CREATE TABLE a (b int)", ""},
      {"CREATE FUNCTION f() RETURNS int AS 'SELECT 1' LANGUAGE sql", ""},
      {"DROP FUNCTION f()", ""},
      {"ALTER TYPE t ADD VALUE 'x'", ""},
      {"ALTER FUNCTION f() RENAME TO g", ""},
      {"SET work_mem = '64MB'", ""},
      {"SELECT 1", ""},
      {"BEGIN", ""},
  });
}

TEST(TableLocks, NameTablesAsWritten) {
  ExpectLocks({
      {R"(DROP TABLE app."Users", "order items", "1st")",
       R"(app."Users": ACCESS EXCLUSIVE, "order items": ACCESS EXCLUSIVE, "1st": ACCESS EXCLUSIVE)"},
      {"ALTER TABLE App.Users ADD x int", "app.users: ACCESS EXCLUSIVE"},
  });
}

TEST(TableLocks, OfRewritesAndRebuilds) {
  ExpectLocks({
      {"VACUUM FULL a", "a: ACCESS EXCLUSIVE"},
      {"VACUUM (FULL, ANALYZE) a", "a: ACCESS EXCLUSIVE"},
      {"CLUSTER a USING b", "a: ACCESS EXCLUSIVE"},
      {"REINDEX TABLE a", "a: SHARE"},
      {"REINDEX TABLE CONCURRENTLY a", "a: SHARE UPDATE EXCLUSIVE"},
      {"REFRESH MATERIALIZED VIEW a", "a: ACCESS EXCLUSIVE"},
      {"REFRESH MATERIALIZED VIEW CONCURRENTLY a", "a: EXCLUSIVE"},
      {"ALTER MATERIALIZED VIEW a SET TABLESPACE s", "a: ACCESS EXCLUSIVE"},
      {"DROP MATERIALIZED VIEW a", "a: ACCESS EXCLUSIVE"},
      {"ALTER TABLE a SET SCHEMA s", "a: ACCESS EXCLUSIVE"},
  });
}

TEST(TableLocks, OfAPartitionAndItsParent) {
  ExpectLocks({
      {"CREATE TABLE b PARTITION OF a FOR VALUES IN (1)", "a: ACCESS EXCLUSIVE"},
      {"CREATE TABLE b () INHERITS (a)", "a: SHARE UPDATE EXCLUSIVE"},
      {"ALTER TABLE a ATTACH PARTITION b FOR VALUES IN (1)",
       "b: ACCESS EXCLUSIVE, a: SHARE UPDATE EXCLUSIVE"},
      {"ALTER TABLE a DETACH PARTITION b", "a: ACCESS EXCLUSIVE, b: ACCESS EXCLUSIVE"},
  });
}

TEST(TableLocks, OfATriggerPolicyOrRuleThatIsDropped) {
  ExpectLocks({
      {"DROP TRIGGER t ON a", "a: ACCESS EXCLUSIVE"},
      {"DROP POLICY p ON app.a", "app.a: ACCESS EXCLUSIVE"},
      {"DROP RULE r ON a", "a: ACCESS EXCLUSIVE"},
      {"ALTER POLICY p ON a USING (true)", "a: ACCESS EXCLUSIVE"},
  });
}

TEST(TableLocks, OfRowsReadAndWrittenInOtherWays) {
  ExpectLocks({
      {"SELECT * FROM a FOR UPDATE", "a: ROW SHARE"},
      {"COPY a FROM '/b'", "a: ROW EXCLUSIVE"},
      {"MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN DELETE",
       "a: ROW EXCLUSIVE, b: ACCESS SHARE"},
      {"CREATE TABLE a AS SELECT * FROM b", "b: ACCESS SHARE"},
      {"WITH gone AS (DELETE FROM a RETURNING *) INSERT INTO b SELECT * FROM gone",
       "b: ROW EXCLUSIVE, a: ROW EXCLUSIVE"},
      {"WITH x AS (SELECT * FROM a) SELECT * FROM x", "a: ACCESS SHARE"},
  });
}

// The name is the index's: which table it is on, the catalog knows.
TEST(TableLocks, OfAnIndexAreItsTables) {
  for (const auto& [text, mode] : std::vector<std::pair<const char*, LockMode>>{
           {"DROP INDEX s.i", LockMode::kAccessExclusive},
           {"DROP INDEX CONCURRENTLY s.i", LockMode::kShareUpdateExclusive},
           {"REINDEX INDEX s.i", LockMode::kShare},
           {"REINDEX INDEX CONCURRENTLY s.i", LockMode::kShareUpdateExclusive}}) {
    const std::vector<TableLock> locks = FindTableLocks(std::string_view(text));
    ASSERT_EQ(locks.size(), 1u) << text;
    EXPECT_EQ(locks[0].table, "s.i") << text;
    EXPECT_EQ(locks[0].mode, mode) << text;
    EXPECT_TRUE(locks[0].is_index) << text;
  }
}

TEST(TableLocks, OfAnIndexIsNotATables) { ExpectLocks({{"ALTER INDEX i RENAME TO j", ""}}); }

}  // namespace
}  // namespace rung::sql
