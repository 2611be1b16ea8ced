#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fill/unique_source.h"
#include "unit/fills.h"

namespace rung::fill {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

SourceMatch Of(const std::string& match, const std::string& from = "c") {
  return ReadMatch(test::ReadFill("table = \"item\"\nfrom = \"" + from + "\"\nmatch = \"\"\"" +
                                  match + "\"\"\"\nset = { org = \"'x'\" }"));
}

TEST(SourceMatch, HasTheSourcesSideOfEachEquationAsItsKeys) {
  const SourceMatch match = Of("c.id = client_id AND lower(t.email) = lower(c.email)");
  EXPECT_THAT(match.keys, ElementsAre("c.id", "lower(c.email)"));
  EXPECT_THAT(match.columns, ElementsAre(Pair("id", "client_id")));
  EXPECT_THAT(match.filters, IsEmpty());
  EXPECT_TRUE(match.is_whole);
}

TEST(SourceMatch, HasConditionsOfTheSourceAloneAsFilters) {
  const SourceMatch match =
      Of("c.id = client_id AND c.kind = 'main' AND c.ended IS NULL AND kind > 3");
  EXPECT_THAT(match.keys, ElementsAre("c.id"));
  EXPECT_THAT(match.filters, ElementsAre("c.kind = 'main'", "c.ended IS NULL"));
  EXPECT_TRUE(match.is_whole);
}

TEST(SourceMatch, IsNotWholeWhereItIsMoreThanEquations) {
  for (const char* match :
       {"c.id = client_id AND c.since <= made", "c.id = client_id OR c.code = code",
        "c.id + rank = client_id", "c.id IN (client_id, parent_id)",
        "c.id = client_id AND c.id IN (SELECT 1)", "c.id = (SELECT client_id)"}) {
    EXPECT_FALSE(Of(match).is_whole) << match;
  }
}

TEST(SourceMatch, OfATableWithItselfTellsItsSidesApart) {
  const SourceMatch match = Of("item.id = parent", "item");
  EXPECT_THAT(match.columns, ElementsAre(Pair("id", "parent")));
  EXPECT_TRUE(match.is_whole);
}

}  // namespace
}  // namespace rung::fill
