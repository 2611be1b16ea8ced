// A file's text as a script: every place in which a semicolon may hide, and what is said of a text
// that is not SQL.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/statements.h"

namespace rung::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<Statement> Split(std::string_view text) {
  Script script = SplitStatements(text);
  EXPECT_THAT(script.faults, IsEmpty());
  const auto fault = FindSyntaxFault(script.statements);
  EXPECT_FALSE(fault) << fault->what;
  return script.statements;
}

std::vector<std::string> Texts(std::string_view text) {
  std::vector<std::string> texts;
  for (const Statement& statement : Split(text)) texts.emplace_back(statement.text);
  return texts;
}

TEST(Script, IsCutAtTheSemicolonsBetweenStatements) {
  EXPECT_THAT(Texts("SELECT 1;SELECT 2 ;\n\n  SELECT 3"),
              ElementsAre("SELECT 1", "SELECT 2", "SELECT 3"));
}

TEST(Script, HasNoStatementsInBlanksAndComments) {
  for (const char* text : {"", " \r\n\t", "-- only this", "/* a /* b */ c */\n-- d\n", ";;\n;"}) {
    EXPECT_THAT(Texts(text), IsEmpty()) << text;
  }
}

TEST(Script, KeepsSemicolonsInTheirQuotes) {
  for (const std::string text : {
           R"(SELECT 'a;b')",
           R"(SELECT E'it\'s; \\')",
           R"(SELECT 'it''s; so')",
           R"(SELECT 1 AS "a;b""c;")",
           R"(DO $$ BEGIN PERFORM 1; END $$)",
           R"(DO $body$ BEGIN EXECUTE $$ SELECT 1; $$; END $body$)",
           R"(SELECT U&'\0061;')",
           R"(SELECT B'01', X'1F' /* ; /* ; */ ; */)",
       }) {
    EXPECT_THAT(Texts(text + ";\nSELECT 2;"), ElementsAre(text, "SELECT 2"));
  }
}

TEST(Script, KeepsSemicolonsInRulesAndBodies) {
  for (const std::string text : {
           "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b)",
           "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END",
           "CREATE FUNCTION f() RETURNS int AS 'SELECT 1; SELECT 2' LANGUAGE sql",
       }) {
    EXPECT_THAT(Texts(text + "; SELECT 2;"), ElementsAre(text, "SELECT 2"));
  }
}

TEST(Script, KeepsTheTextAsWritten) {
  EXPECT_THAT(Texts("SELECT 'ä',\r\n\t2 -- two\r\n  AS b\r\n;"),
              ElementsAre("SELECT 'ä',\r\n\t2 -- two\r\n  AS b"));
}

TEST(Script, FindsStatementsBehindCharactersOfSeveralBytes) {
  EXPECT_THAT(Texts("SELECT '€€€€'; SELECT '😀'; SELECT 3"),
              ElementsAre("SELECT '€€€€'", "SELECT '😀'", "SELECT 3"));
}

TEST(Script, KnowsTheLineOfEachStatement) {
  const std::vector<Statement> statements =
      Split("SELECT 1; SELECT 2;\n\nSELECT\n 3;\n\n\nSELECT 4");
  ASSERT_EQ(statements.size(), 4u);
  EXPECT_EQ(statements[0].line, 1);
  EXPECT_EQ(statements[1].line, 1);
  EXPECT_EQ(statements[2].line, 3);
  EXPECT_EQ(statements[3].line, 7);
}

TEST(Script, CountsTheServersLinesFromTheCommentAndPeoplesFromTheSql) {
  const std::vector<Statement> statements = Split("SELECT 1;\n-- why\n/* and\n how */\nSELECT 2;");
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_EQ(statements[1].text, "-- why\n/* and\n how */\nSELECT 2");
  EXPECT_EQ(statements[1].line, 2);
  EXPECT_EQ(statements[1].head_line, 5);
  EXPECT_EQ(statements[1].head, "SELECT 2");
}

TEST(Script, CountsLinesThatEndInCrLfOnce) {
  const std::vector<Statement> statements = Split("SELECT 1;\r\n\r\n-- why\r\nSELECT\r\n2;\r\n");
  ASSERT_EQ(statements.size(), 2u);
  EXPECT_EQ(statements[1].line, 3);
  EXPECT_EQ(statements[1].head_line, 4);
  EXPECT_EQ(statements[1].text, "-- why\r\nSELECT\r\n2");
  EXPECT_EQ(statements[1].head, "SELECT");
}

TEST(Script, ShowsTheFirstLineOfSql) {
  EXPECT_EQ(Split("/* a /* nested */ b */ -- c\n\n  CREATE TABLE a (  \n  id int)")[0].head,
            "CREATE TABLE a (");
}

TEST(Script, ToldApartByWhatAStatementDoesToATransaction) {
  struct Case {
    const char* text;
    Control control;
  };
  for (const auto& [text, control] : {
           Case{"BEGIN WORK ISOLATION LEVEL SERIALIZABLE", Control::kBegin},
           Case{"START TRANSACTION READ ONLY", Control::kBegin},
           Case{"COMMIT AND CHAIN", Control::kCommitAndChain},
           Case{"COMMIT AND NO CHAIN", Control::kCommit},
           Case{"ROLLBACK AND CHAIN", Control::kRollback},
           Case{"RELEASE a", Control::kSavepoint},
           Case{"COMMIT PREPARED 'a'", Control::kTwoPhase},
           Case{"ROLLBACK PREPARED 'a'", Control::kTwoPhase},
           Case{"SET TRANSACTION READ ONLY", Control::kNone},
           Case{"DO $$ BEGIN COMMIT; END $$", Control::kNone},
       }) {
    EXPECT_EQ(Split(text).at(0).control, control) << text;
  }
}

bool Asks(std::string_view text) { return SplitStatements(text).no_transaction; }

TEST(NoTransactionHeader, IsFoundAmongTheCommentsAtTheTop) {
  for (const char* text : {
           "-- rung: no-transaction\nSELECT 1;",
           "\n  \n-- why\n-- rung: no-transaction\nSELECT 1;",
           "--rung:no-transaction",
           "-- rung:   no-transaction  \r\nSELECT 1;\r\n",
           "-- atlas:txmode none\n\nSELECT 1;",
           "--! no-transaction\nSELECT 1;",
           "---- tern: disable-tx ----\nSELECT 1;",
       }) {
    EXPECT_TRUE(Asks(text)) << text;
  }
}

TEST(NoTransactionHeader, IsNotFoundElsewhere) {
  for (const char* text : {
           "SELECT 1;\n-- rung: no-transaction\n",
           "SELECT 1; -- rung: no-transaction\n",
           "/* -- rung: no-transaction */ SELECT 1;",
           "-- rung: no-transaction please\nSELECT 1;",
           "-- rung: transaction\nSELECT 1;",
           "-- atlas:txmode file\nSELECT 1;",
           "--! no-check\nSELECT 1;",
           "-- tern: disable-tx\nSELECT 1;",
           "-- no-transaction\nSELECT 1;",
           "rung: no-transaction\nSELECT 1;",
           "",
       }) {
    EXPECT_FALSE(Asks(text)) << text;
  }
}

TEST(SyntaxFault, NamesTheLineAndPointsAtThePlace) {
  const Script script =
      SplitStatements("CREATE TABLE a ();\n\n  ALTER TABEL b ADD c int;\nSELECT 1;");
  const auto fault = FindSyntaxFault(script.statements);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->what, "syntax error at or near \"TABEL\"");
  EXPECT_EQ(fault->line, 3);
  EXPECT_THAT(fault->excerpt, ElementsAre("3 | ALTER TABEL b ADD c int", "  |       ^"));
  ASSERT_EQ(script.statements.size(), 3u);
  EXPECT_EQ(script.statements[1].text, "ALTER TABEL b ADD c int");
  EXPECT_EQ(script.statements[1].line, 3);
}

TEST(SyntaxFault, PointsBehindCharactersOfSeveralBytes) {
  const auto fault = FindSyntaxFault(SplitStatements("-- ä\nSELECT\t'€' FORM b").statements);
  ASSERT_TRUE(fault);
  EXPECT_THAT(fault->excerpt, ElementsAre("2 | SELECT\t'€' FORM b", "  |       \t         ^"));
}

TEST(SyntaxFault, PointsAtTheEndOfATextThatStopsEarly) {
  const auto fault = FindSyntaxFault(SplitStatements("SELECT 1;\nSELECT (").statements);
  ASSERT_TRUE(fault);
  EXPECT_EQ(fault->what, "syntax error at end of input");
  EXPECT_THAT(fault->excerpt, ElementsAre("2 | SELECT (", "  |         ^"));
}

TEST(SyntaxFault, IsNearerThanTheQuoteThatAQuoteTooManyLeavesOpen) {
  const Script script = SplitStatements("SELECT 1;\nSELECT a = 'it's time';\nSELECT 'a';\n");
  ASSERT_EQ(script.faults.size(), 1u);
  EXPECT_EQ(script.faults[0].what, "syntax error at or near \"time\"");
  EXPECT_THAT(script.faults[0].excerpt,
              ElementsAre("2 | SELECT a = 'it's time';", "  |                  ^"));
}

TEST(SyntaxFault, ShowsALineThatEndsInCrLfWithoutItsCarriageReturn) {
  const auto fault = FindSyntaxFault(SplitStatements("SELEC 1;\r\nSELECT 2;\r\n").statements);
  ASSERT_TRUE(fault);
  EXPECT_THAT(fault->excerpt, ElementsAre("1 | SELEC 1", "  | ^"));
}

}  // namespace
}  // namespace rung::sql
