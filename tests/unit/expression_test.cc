#include "sql/expression.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sql/tokens.h"

namespace rung::sql {
namespace {

std::string Qualified(const std::string& text) {
  const auto parsed = ParseExpression(text, "t");
  const auto* expression = std::get_if<Expression>(&parsed);
  return expression != nullptr ? expression->text
                               : "refused: " + std::get<SyntaxError>(parsed).message;
}

TEST(Expression, GetsItsUnqualifiedColumnsFromTheFilledTable) {
  EXPECT_EQ(Qualified("clients.id = client_id"), "(clients.id = t.client_id)");
  EXPECT_EQ(Qualified("lower(\"Name\") || coalesce(a, 'b')"),
            "(lower(t.\"Name\") || coalesce(t.a, 'b'))");
  EXPECT_EQ(Qualified("t.hits + 1"), "(t.hits + 1)");
  EXPECT_EQ(Qualified("CASE WHEN ü IS NULL THEN 'é' ELSE ü END"),
            "(CASE WHEN t.ü IS NULL THEN 'é' ELSE t.ü END)");
  EXPECT_EQ(Qualified("a::text -- the key"), "(t.a::text -- the key\n)");
}

TEST(Expression, LeavesSubqueriesAsTheyAre) {
  EXPECT_EQ(Qualified("a IN (SELECT b FROM c)"), "(t.a IN (SELECT b FROM c))");
}

TEST(Expression, TellsWhichColumnsItReads) {
  const auto parsed = ParseExpression("clients.id = client_id AND t.client_id > 0", "t");
  EXPECT_THAT(std::get<Expression>(parsed).columns,
              testing::ElementsAre(ColumnUse{"clients", "id"}, ColumnUse{"", "client_id"}));
}

TEST(Expression, RefusesWhatIsNotOneExpression) {
  for (const char* text : {"a, b", "1) , (2", "1) FROM y; --", "a; DROP TABLE b",
                           "1) UNION SELECT (2", "1) x WHERE (true", ""}) {
    EXPECT_TRUE(Qualified(text).starts_with("refused: ")) << text << " became " << Qualified(text);
  }
}

TEST(TableName, IsOneTableWithoutAnAlias) {
  EXPECT_EQ(std::get<TableName>(ParseTableName("app.\"Clients\"")).alias, "Clients");
  for (const char* text :
       {"a b", "a, b", "(SELECT 1) s", "a JOIN b ON true", "a WHERE true", "a; SELECT 1"}) {
    EXPECT_TRUE(std::holds_alternative<SyntaxError>(ParseTableName(text))) << text;
  }
}

TEST(Tokens, AreTheSameWhereOnlyTheFormDiffers) {
  const std::string plain = TokenText("SELECT a, 'x' FROM t;\n");
  EXPECT_EQ(plain, TokenText("-- new\r\nSELECT  a,\r\n'x' /* c */ FROM t;"));
  EXPECT_NE(plain, TokenText("SELECT a, 'y' FROM t;\n"));
  EXPECT_NE(plain, TokenText("SELECT a, 'x' FROM t2;\n"));
}

}  // namespace
}  // namespace rung::sql
