// The expressions of a backfill file: they become part of our own statements, so they must be no
// less and no more than one expression.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/expression.h"

namespace rung::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Expression Parsed(std::string_view text) {
  auto parsed = ParseExpression(text, "t");
  if (const auto* error = std::get_if<SyntaxError>(&parsed)) {
    ADD_FAILURE() << text << ": " << error->message;
    return {};
  }
  return std::get<Expression>(std::move(parsed));
}

std::string Text(std::string_view text) { return Parsed(text).text; }

// "clients.id", "name"
std::vector<std::string> Columns(std::string_view text) {
  std::vector<std::string> columns;
  for (const ColumnUse& use : Parsed(text).columns) {
    columns.push_back(use.qualifier.empty() ? use.column : use.qualifier + "." + use.column);
  }
  return columns;
}

// What the parser says of a text that is not one expression; what it makes of one that is.
std::string Refusal(std::string_view text) {
  const auto parsed = ParseExpression(text, "t");
  const auto* error = std::get_if<SyntaxError>(&parsed);
  return error == nullptr ? "taken: " + std::get<Expression>(parsed).text : error->message;
}

bool IsTaken(std::string_view text) { return Refusal(text).starts_with("taken"); }

TEST(FillExpression, KeepsQuotedNamesQuoted) {
  EXPECT_EQ(Text(R"("Client Id" = c."Id")"), R"((t."Client Id" = c."Id"))");
  EXPECT_THAT(Columns(R"("Client Id" = c."Id")"), ElementsAre("Client Id", "c.Id"));
}

TEST(FillExpression, FindsColumnsInCallsCastsAndConditions) {
  EXPECT_EQ(Text("regexp_replace(phone, '[^0-9]', '', 'g')"),
            "(regexp_replace(t.phone, '[^0-9]', '', 'g'))");
  EXPECT_EQ(Text("phone::text || CAST(code AS varchar(3))"),
            "(t.phone::text || CAST(t.code AS varchar(3)))");
  EXPECT_EQ(Text("a IS NOT NULL AND b = ANY (c)"), "(t.a IS NOT NULL AND t.b = ANY (t.c))");
  EXPECT_EQ(Text("data->>'name'"), "(t.data->>'name')");
  EXPECT_EQ(Text("coalesce(a, b[1])"), "(coalesce(t.a, t.b[1]))");
  EXPECT_EQ(Text("(address).city"), "((t.address).city)");
}

TEST(FillExpression, TakesFunctionsAndWordsForWhatTheyAre) {
  EXPECT_EQ(Text("now()"), "(now())");
  EXPECT_EQ(Text("current_date"), "(current_date)");
  EXPECT_EQ(Text("'name'"), "('name')");
  EXPECT_THAT(Columns("now() + interval '1 day'"), IsEmpty());
}

TEST(FillExpression, LeavesAWholeRowAlone) {
  EXPECT_EQ(Text("to_jsonb(t.*)"), "(to_jsonb(t.*))");
  EXPECT_THAT(Columns("to_jsonb(t.*)"), IsEmpty());
}

TEST(FillExpression, LeavesNamesInSubqueriesAlone) {
  EXPECT_EQ(Text("(SELECT max(id) FROM other WHERE key = t.key)"),
            "((SELECT max(id) FROM other WHERE key = t.key))");
  EXPECT_THAT(Columns("id IN (SELECT key FROM other)"), ElementsAre("id"));
}

TEST(FillExpression, NamesEachColumnOnceInOrder) {
  EXPECT_THAT(Columns("b + a + t.b + clients.b"), ElementsAre("b", "a", "clients.b"));
  EXPECT_THAT(Columns("app.clients.id = id"), ElementsAre("app.clients.id", "id"));
}

TEST(FillExpression, KeepsItsClosingParenthesisOutOfATrailingComment) {
  EXPECT_EQ(Text("a -- the key"), "(t.a -- the key\n)");
  EXPECT_EQ(Text("a /* the key */"), "(t.a /* the key */)");
}

TEST(FillExpression, IsNeitherAListNorARow) {
  EXPECT_EQ(Refusal("a, b"), "not one SQL expression");
  EXPECT_EQ(Refusal("ROW(a, b)"), "not one SQL expression");
}

TEST(FillExpression, IsNotNothing) {
  for (const char* text : {"", "  ", "-- a", "/* a */", ";"}) {
    EXPECT_TRUE(Refusal(text).starts_with("syntax error")) << text << ": " << Refusal(text);
  }
}

TEST(FillExpression, HasNoClausesOfItsOwn) {
  for (const char* text :
       {"a AS b", "a FROM b", "a; DELETE FROM b", "a ORDER BY b", "*", "a b c", "'open"}) {
    EXPECT_FALSE(IsTaken(text)) << Refusal(text);
  }
}

TEST(FillExpression, DoesNotLeaveItsParenthesesForAClause) {
  for (const char* text : {
           "a)",
           "(a",
           "1) , (2",
           "x) FROM y; --",
           "1) FROM (SELECT 1) AS y WHERE (true",
           "1); DELETE FROM y; SELECT (1",
           "1) UNION (SELECT 2",
           "1) AS x, (2",
           "1) WHERE (true",
           "1) GROUP BY (1",
           "1) HAVING (true",
           "1) ORDER BY (1",
           "1) LIMIT (1",
           "1) --",
           "1) /*",
       }) {
    EXPECT_FALSE(IsTaken(text)) << text << " -> " << Refusal(text);
  }
}

TEST(FillExpression, TellsWhereTheSyntaxErrorIs) {
  const auto parsed = ParseExpression("a = = b", "t");
  const auto* error = std::get_if<SyntaxError>(&parsed);
  ASSERT_NE(error, nullptr);
  EXPECT_EQ(error->message, "syntax error at or near \"=\"");
  EXPECT_EQ(error->offset, 4u);
}

// `where = "false) OR (true"` would undo every other condition of the update.
TEST(FillExpression, DoesNotLeaveItsParenthesesForAnOperator) {
  for (const char* text : {"false) OR (true", "a) + (b", "a) IN (1", "a) = (b"}) {
    EXPECT_FALSE(IsTaken(text)) << text << " -> " << Refusal(text);
  }
}

TEST(FillExpression, DoesNotLeaveItsParenthesesForARareClause) {
  for (const char* text : {"1) OFFSET (1", "1) WINDOW w AS ("}) {
    EXPECT_FALSE(IsTaken(text)) << text << " -> " << Refusal(text);
  }
}

}  // namespace
}  // namespace rung::sql
