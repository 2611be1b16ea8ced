#include "sql/statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::sql {
namespace {

using testing::ElementsAre;

std::vector<std::string> Texts(std::string_view file) {
  std::vector<std::string> texts;
  const Script script = SplitStatements(file);
  for (const Statement& statement : script.statements) texts.emplace_back(statement.text);
  return texts;
}

Statement One(std::string_view sql) {
  const Script script = SplitStatements(sql);
  EXPECT_EQ(script.statements.size(), 1u) << sql;
  EXPECT_FALSE(FindSyntaxFault(script.statements)) << sql;
  return script.statements.at(0);
}

TEST(Statements, EndAtSemicolonsThatEndAStatement) {
  EXPECT_THAT(Texts("SELECT 1; SELECT 2"), ElementsAre("SELECT 1", "SELECT 2"));
  EXPECT_THAT(Texts("SELECT ';', E'\\';', \"a;b\" FROM t; SELECT 2;"),
              ElementsAre("SELECT ';', E'\\';', \"a;b\" FROM t", "SELECT 2"));
  EXPECT_THAT(Texts("DO $a$ BEGIN; $b$ ; $a$; SELECT 1"),
              ElementsAre("DO $a$ BEGIN; $b$ ; $a$", "SELECT 1"));
  EXPECT_THAT(Texts("/* a; /* b; */ c; */ SELECT 1 -- d;\n; SELECT 2"),
              ElementsAre("/* a; /* b; */ c; */ SELECT 1 -- d;", "SELECT 2"));
  EXPECT_THAT(Texts("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3").size(), 2);
  EXPECT_THAT(
      Texts("CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; "
            "SELECT 2; END; SELECT 3")
          .size(),
      2);
}

TEST(Statements, AreNoneInCommentsAlone) {
  EXPECT_THAT(Texts("-- nothing\n/* here */ ;;\n"), ElementsAre());
  EXPECT_THAT(Texts(""), ElementsAre());
}

TEST(Statements, KnowTheirLine) {
  const Script script = SplitStatements("-- one\r\nSELECT 1;\r\n\r\n  -- four\r\n  SELECT\r\n2;");
  ASSERT_EQ(script.statements.size(), 2u);
  EXPECT_EQ(script.statements[0].line, 1);
  EXPECT_EQ(script.statements[0].head, "SELECT 1");
  EXPECT_EQ(script.statements[1].line, 4);
  EXPECT_EQ(script.statements[1].head, "SELECT");
}

TEST(Statements, KeepNothingBackWhenTheGrammarRefusesTheFile) {
  const Script script = SplitStatements("SELECT 1;\nSELEC 2;\nCOMMIT;\nVACUUM t");
  const auto fault = FindSyntaxFault(script.statements);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->what, "syntax error at or near \"SELEC\"");
  EXPECT_EQ(fault->line, 2);
  EXPECT_THAT(fault->excerpt, ElementsAre("2 | SELEC 2", "  | ^"));
  ASSERT_EQ(script.statements.size(), 4u);
  EXPECT_EQ(script.statements[1].text, "SELEC 2");
  EXPECT_EQ(script.statements[2].control, Control::kCommit);
  EXPECT_EQ(script.statements[3].outside, "VACUUM");
}

TEST(Statements, ThatPostgresKeepsOutOfTransactionsAreFound) {
  const std::pair<const char*, const char*> kCases[] = {
      {"CREATE INDEX CONCURRENTLY i ON t (a)", "CREATE INDEX CONCURRENTLY"},
      {"CREATE INDEX i ON t (a)", ""},
      {"DROP INDEX CONCURRENTLY i", "DROP INDEX CONCURRENTLY"},
      {"DROP INDEX i", ""},
      {"REINDEX TABLE CONCURRENTLY t", "REINDEX CONCURRENTLY"},
      {"REINDEX (CONCURRENTLY) INDEX i", "REINDEX CONCURRENTLY"},
      {"REINDEX TABLE t", ""},
      {"REINDEX SCHEMA s", "REINDEX of a whole schema or database"},
      {"VACUUM t", "VACUUM"},
      {"ANALYZE t", ""},
      {"CLUSTER", "CLUSTER of all tables"},
      {"CLUSTER t USING i", ""},
      {"ALTER TABLE p DETACH PARTITION c CONCURRENTLY", "DETACH PARTITION CONCURRENTLY"},
      {"ALTER TABLE p DETACH PARTITION c", ""},
      {"CREATE DATABASE d", "CREATE DATABASE"},
      {"DROP DATABASE d", "DROP DATABASE"},
      {"ALTER DATABASE d SET TABLESPACE s", "ALTER DATABASE SET TABLESPACE"},
      {"ALTER DATABASE d SET work_mem = '1MB'", ""},
      {"CREATE TABLESPACE s LOCATION '/x'", "CREATE TABLESPACE"},
      {"ALTER SYSTEM SET work_mem = '1MB'", "ALTER SYSTEM"},
      {"DISCARD ALL", "DISCARD ALL"},
      {"DISCARD PLANS", ""},
      {"ALTER TYPE e ADD VALUE 'x'", ""},
      {"REFRESH MATERIALIZED VIEW CONCURRENTLY v", ""},
  };
  for (const auto& [sql, reason] : kCases) EXPECT_EQ(One(sql).outside, reason) << sql;
}

TEST(Statements, NameTheIndexTheyBuildConcurrently) {
  const auto index = FindConcurrentIndex("CREATE UNIQUE INDEX CONCURRENTLY \"I\" ON s.\"T\" (a)");
  ASSERT_TRUE(index);
  EXPECT_EQ(index->schema, "s");
  EXPECT_EQ(index->name, "I");
  EXPECT_EQ(index->table, "T");
  EXPECT_FALSE(FindConcurrentIndex("CREATE INDEX i ON t (a)"));
}

TEST(Statements, TellTransactionControlApart) {
  const std::pair<const char*, Control> kCases[] = {
      {"BEGIN", Control::kBegin},
      {"START TRANSACTION", Control::kBegin},
      {"COMMIT", Control::kCommit},
      {"END", Control::kCommit},
      {"ROLLBACK", Control::kRollback},
      {"ABORT", Control::kRollback},
      {"SAVEPOINT a", Control::kSavepoint},
      {"ROLLBACK TO a", Control::kSavepoint},
      {"PREPARE TRANSACTION 'a'", Control::kTwoPhase},
      {"PREPARE a AS SELECT 1", Control::kNone},
  };
  for (const auto& [sql, control] : kCases) EXPECT_EQ(One(sql).control, control) << sql;
}

TEST(Statements, HeedTheNoTransactionHeaderOnlyAtTheTop) {
  EXPECT_TRUE(SplitStatements("-- about\n\n-- rung: no-transaction\nCALL p();").no_transaction);
  EXPECT_FALSE(SplitStatements("CALL p();\n-- rung: no-transaction\n").no_transaction);
  EXPECT_FALSE(SplitStatements("-- not rung: no-transaction\nCALL p();").no_transaction);
}

TEST(Statements, TellTheTableLocksTheyTake) {
  const auto locks = [](std::string_view sql) {
    std::string text;
    for (const TableLock& lock : FindTableLocks(sql))
      text += lock.table + " " + ToString(lock.mode) + "; ";
    return text;
  };
  EXPECT_EQ(locks("ALTER TABLE s.t ADD a int"), "s.t ACCESS EXCLUSIVE; ");
  EXPECT_EQ(locks("ALTER TABLE t VALIDATE CONSTRAINT c"), "t SHARE UPDATE EXCLUSIVE; ");
  EXPECT_EQ(locks("ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p"),
            "t SHARE ROW EXCLUSIVE; p SHARE ROW EXCLUSIVE; ");
  EXPECT_EQ(locks("CREATE INDEX i ON t (a)"), "t SHARE; ");
  EXPECT_EQ(locks("CREATE INDEX CONCURRENTLY i ON t (a)"), "t SHARE UPDATE EXCLUSIVE; ");
  EXPECT_EQ(locks("UPDATE t SET a = p.a FROM p"), "t ROW EXCLUSIVE; p ACCESS SHARE; ");
  EXPECT_EQ(locks("DROP TABLE a, s.\"B\""), "a ACCESS EXCLUSIVE; s.\"B\" ACCESS EXCLUSIVE; ");
  EXPECT_EQ(locks("LOCK TABLE t IN SHARE MODE"), "t SHARE; ");
}

}  // namespace
}  // namespace rung::sql
