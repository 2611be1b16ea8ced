#include "sql/conjuncts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::sql {
namespace {

using testing::ElementsAre;

std::vector<std::string> Split(const std::string& condition) {
  std::vector<std::string> parts;
  for (const Conjunct& conjunct : SplitCondition(condition, "t")) {
    parts.push_back(conjunct.equated
                        ? conjunct.equated->first.text + " | " + conjunct.equated->second.text
                        : conjunct.whole.text);
  }
  return parts;
}

TEST(Conjuncts, AreWhatTheOutermostAndsJoin) {
  EXPECT_THAT(Split("(a.id = t.a AND (a.k > 1 AND a.n IS NULL))"),
              ElementsAre("a.id | t.a", "a.k > 1", "a.n IS NULL"));
  EXPECT_THAT(Split("(a.id = t.a OR a.k = 1 AND a.n = 2)"),
              ElementsAre("a.id = t.a OR (a.k = 1 AND a.n = 2)"));
  EXPECT_THAT(Split("(a.id BETWEEN 1 AND t.a AND NOT a.b)"),
              ElementsAre("a.id BETWEEN 1 AND t.a", "NOT a.b"));
  EXPECT_THAT(Split("(CASE WHEN a.x AND a.y THEN true ELSE false END)"),
              ElementsAre("CASE WHEN a.x AND a.y THEN true ELSE false END"));
}

TEST(Conjuncts, AreEquationsOnlyWhereNothingStandsAroundThem) {
  EXPECT_THAT(Split("(a.id = t.a IS NULL)"), ElementsAre("a.id = t.a IS NULL"));
  EXPECT_THAT(Split("(NOT a.id = t.a)"), ElementsAre("NOT a.id = t.a"));
  EXPECT_THAT(Split("(a.id OPERATOR(app.=) t.a)"), ElementsAre("a.id OPERATOR(app.=) t.a"));
  EXPECT_THAT(Split("(a.id = ANY (t.a))"), ElementsAre("a.id = ANY(t.a)"));
  EXPECT_THAT(Split("(a.id IN (t.a, t.b))"), ElementsAre("a.id IN (t.a, t.b)"));
}

TEST(Conjuncts, OfTwoRowsAreOneForEachColumn) {
  EXPECT_THAT(Split("((a.x, a.y) = (t.x, lower(t.y)))"),
              ElementsAre("a.x | t.x", "a.y | lower(t.y)"));
  EXPECT_THAT(Split("(ROW(a.x, a.y) = t.pair)"), ElementsAre("ROW(a.x, a.y) | t.pair"));
}

TEST(Conjuncts, AreWrittenAsPostgresReadsThem) {
  EXPECT_THAT(Split("(\"A\".\"The Key\" = lower(t.\"select\"::text) -- why\n)"),
              ElementsAre("\"A\".\"The Key\" | lower(t.\"select\"::text)"));
  EXPECT_THAT(Split("(a.k = 'it''s' AND a.e = E'\\n')"),
              ElementsAre("a.k | 'it''s'", "a.e | '\n'"));
}

TEST(Conjuncts, TellWhichColumnsTheyRead) {
  const auto conjuncts = SplitCondition("(a.id = t.a AND t.b > 0)", "t");
  const auto& [left, right] = conjuncts.at(0).equated.value();
  EXPECT_TRUE(left.Reads("a"));
  EXPECT_FALSE(left.Reads(""));
  EXPECT_TRUE(left.is_column);
  EXPECT_TRUE(right.Reads(""));
  EXPECT_TRUE(conjuncts.at(0).whole.Reads("a"));
  EXPECT_TRUE(conjuncts.at(0).whole.Reads(""));
  EXPECT_FALSE(conjuncts.at(1).whole.Reads("a"));
}

TEST(Conjuncts, WithASubqueryMayReadAnything) {
  const auto conjuncts =
      SplitCondition("(a.id = (SELECT x FROM b WHERE b.y = a.k) AND a.k = 1)", "t");
  EXPECT_TRUE(conjuncts.at(0).whole.is_opaque);
  EXPECT_FALSE(conjuncts.at(1).whole.is_opaque);
}

}  // namespace
}  // namespace rung::sql
