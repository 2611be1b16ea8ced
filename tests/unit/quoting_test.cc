// What stands between our own SQL and the names and texts of others.
#include <gtest/gtest.h>

#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::pg {
namespace {

TEST(QuoteName, AlwaysQuotes) {
  EXPECT_EQ(QuoteName("users"), "\"users\"");
  EXPECT_EQ(QuoteName("Order Items"), "\"Order Items\"");
  EXPECT_EQ(QuoteName(""), "\"\"");
}

TEST(QuoteName, DoublesQuotes) {
  EXPECT_EQ(QuoteName("a\"; DROP TABLE b --"), "\"a\"\"; DROP TABLE b --\"");
}

TEST(QuoteText, DoublesQuotes) {
  EXPECT_EQ(QuoteText("it's"), "'it''s'");
  EXPECT_EQ(QuoteText(""), "''");
}

TEST(QuoteText, MeansTheSameWhateverTheServerTakesABackslashFor) {
  EXPECT_EQ(QuoteText(R"(a\'b)"), R"( E'a\\''b')");
}

TEST(OwnSchema, StandsWhereverItsMarkStands) {
  const OwnSchema schema("rung");
  EXPECT_EQ(schema.In("SELECT FROM {rung}.fill JOIN {rung}.chunk"),
            R"(SELECT FROM "rung".fill JOIN "rung".chunk)");
  EXPECT_EQ(schema.In("SELECT 1"), "SELECT 1");
  EXPECT_EQ(schema.In(""), "");
}

TEST(OwnSchema, MayHaveAnyName) {
  EXPECT_EQ(OwnSchema("a\" b").In("{rung}.fill"), R"("a"" b".fill)");
  EXPECT_EQ(OwnSchema("{rung}").In("{rung}.fill"), R"("{rung}".fill)");
}

}  // namespace
}  // namespace rung::pg
