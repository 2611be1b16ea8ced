#include "sql/tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Optional;

TEST(TokenText, IsTheSameForAnotherForm) {
  const std::string text = "ALTER TABLE users ADD COLUMN name text DEFAULT 'a b';";
  for (const char* other : {
           "ALTER TABLE users\n  ADD COLUMN name text\n  DEFAULT 'a b' ;\n",
           "ALTER TABLE users\r\n\tADD COLUMN name text DEFAULT 'a b';\r\n",
           "-- why\nALTER TABLE users /* and /* nested */ how */ ADD COLUMN name text "
           "DEFAULT 'a b'; -- end",
           "  ALTER   TABLE users ADD COLUMN name text DEFAULT 'a b';",
       }) {
    EXPECT_EQ(TokenText(other), TokenText(text)) << other;
  }
}

TEST(TokenText, IsAnotherForAnotherMeaning) {
  const std::string text = "ALTER TABLE users ADD COLUMN name text DEFAULT 'a b';";
  for (const char* other : {
           "ALTER TABLE users ADD COLUMN name text DEFAULT 'a  b';",
           "ALTER TABLE users ADD COLUMN name text DEFAULT 'a -- b';",
           "ALTER TABLE users ADD COLUMN \"Name\" text DEFAULT 'a b';",
           "ALTER TABLE users ADD COLUMN name text DEFAULT 'a b'; SELECT 1;",
           "-- ALTER TABLE users ADD COLUMN name text DEFAULT 'a b';",
           "ALTER TABLEusers ADD COLUMN name text DEFAULT 'a b';",
       }) {
    EXPECT_NE(TokenText(other), TokenText(text)) << other;
  }
}

TEST(TokenText, HoldsOneTokenALine) {
  EXPECT_EQ(TokenText("SELECT 'ä', $$b\nc$$; -- end"), "SELECT\n'ä'\n,\n$$b\nc$$\n;\n");
  EXPECT_EQ(TokenText("-- nothing\n"), "");
}

TEST(TokenText, IsTheTextItselfWhereThatCannotBeScanned) {
  EXPECT_EQ(TokenText("SELECT 'open -- it"), "SELECT 'open -- it");
}

std::optional<std::vector<std::string>> Statements(const std::string& text) {
  const auto spans = FindStatements(text);
  if (!spans) return std::nullopt;
  std::vector<std::string> statements;
  for (const Span& span : *spans)
    statements.push_back(text.substr(span.begin, span.end - span.begin));
  return statements;
}

TEST(FindStatements, CutsTextThatNoGrammarKnowsAtItsSemicolons) {
  EXPECT_THAT(Statements("SELEC 1; FROBNICATE x;x"),
              Optional(ElementsAre("SELEC 1", " FROBNICATE x", "x")));
}

TEST(FindStatements, FindsNoneInCommentsAlone) {
  EXPECT_THAT(Statements("-- a;\n;; /* b; */ ;"), Optional(IsEmpty()));
}

TEST(FindStatements, LeavesSemicolonsInQuotesAlone) {
  const std::string text = R"(SELEC 'a;b', E'c\';d', "e;f", $$g;h$$, $t$i;$$;j$t$)";
  EXPECT_THAT(Statements(text + ";x"), Optional(ElementsAre(text, "x")));
}

TEST(FindStatements, LeavesSemicolonsInParenthesesAlone) {
  const std::string rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT (2); )";
  EXPECT_THAT(Statements(rule + ";x"), Optional(ElementsAre(rule, "x")));
}

TEST(FindStatements, LeavesSemicolonsInAnAtomicBodyAlone) {
  const std::string function =
      "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; "
      "END";
  EXPECT_THAT(Statements(function + ";x"), Optional(ElementsAre(function, "x")));
}

TEST(FindStatements, CutsBehindATransactionBlocksOwnEnd) {
  EXPECT_THAT(Statements("BEGIN; SELEC 1; END; x"),
              Optional(ElementsAre("BEGIN", " SELEC 1", " END", " x")));
}

TEST(FindStatements, DoesNotLoseTheRestToAParenthesisTooMany) {
  EXPECT_THAT(Statements("SELEC 1); x"), Optional(ElementsAre("SELEC 1)", " x")));
}

TEST(FindStatements, FindsNoWayThroughAnOpenQuote) {
  for (const char* text : {"SELECT 'a; x", "SELECT $$a; x", "SELECT \"a; x", "SELECT /* a; x"}) {
    EXPECT_FALSE(FindStatements(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace rung::sql
