#include <gtest/gtest.h>

#include "sql/expression.h"

namespace rung::sql {
namespace {

TableName Parsed(std::string_view text) {
  auto parsed = ParseTableName(text);
  if (const auto* error = std::get_if<SyntaxError>(&parsed)) {
    ADD_FAILURE() << text << ": " << error->message;
    return {};
  }
  return std::get<TableName>(std::move(parsed));
}

std::string Refusal(std::string_view text) {
  const auto parsed = ParseTableName(text);
  const auto* error = std::get_if<SyntaxError>(&parsed);
  return error == nullptr ? "taken" : error->message;
}

TEST(TableName, QualifiesItsColumnsByItsLastPart) {
  EXPECT_EQ(Parsed("clients").alias, "clients");
  EXPECT_EQ(Parsed("app.clients").alias, "clients");
  EXPECT_EQ(Parsed("app.clients").text, "app.clients");
}

TEST(TableName, KeepsAQuotedNameAsWritten) {
  EXPECT_EQ(Parsed(R"("App"."Cli ents")").text, R"("App"."Cli ents")");
  EXPECT_EQ(Parsed(R"("App"."Cli ents")").alias, "Cli ents");
  EXPECT_EQ(Parsed("Clients").alias, "clients");
}

TEST(TableName, RefusesAnAlias) {
  EXPECT_EQ(Refusal("clients c"), "a table name with an alias");
  EXPECT_EQ(Refusal("clients AS c"), "a table name with an alias");
}

TEST(TableName, RefusesWhatIsNotTheNameOfOneTable) {
  for (const char* text :
       {"a, b", "a JOIN b USING (c)", "(SELECT 1)", "a; b", "a WHERE true", "a ORDER BY 1",
        "a GROUP BY b", "a LIMIT 1", "a UNION SELECT 1", "generate_series(1, 2)",
        "a TABLESAMPLE system (1)", "VALUES (1)", "", "1", "a-b", "'a'", "a.b.c.d"}) {
    EXPECT_NE(Refusal(text), "taken") << text;
  }
}

// The rest of the statement would stand behind the comment: UPDATE … FROM clients -- WHERE …
TEST(TableName, RefusesAComment) {
  EXPECT_NE(Refusal("clients --"), "taken");
  EXPECT_NE(Refusal("clients -- the source"), "taken");
}

TEST(TableName, RefusesRareClauses) {
  for (const char* text :
       {"a;", "a OFFSET 1", "a HAVING true", "a FOR UPDATE", "a WINDOW w AS ()"}) {
    EXPECT_NE(Refusal(text), "taken") << text;
  }
}

}  // namespace
}  // namespace rung::sql
