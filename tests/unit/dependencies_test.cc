// Which fills wait for which.
#include "fill/dependencies.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/fills.h"
#include "unit/thrown.h"

namespace rung::fill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A [[fill]] of one table, out of a source.
std::string From(const std::string& table, const std::string& source, const std::string& value) {
  return "[[fill]]\ntable = '" + table + "'\nfrom = '" + source + "'\nmatch = '" + source +
         ".id = parent_id'\nset = { org = '" + value + "' }\n";
}

std::vector<std::vector<size_t>> WaitsFor(const std::string& toml) {
  return FindDependencies(test::ReadBackfill(toml));
}

TEST(Dependencies, AreNoneWhereNothingFilledIsRead) {
  EXPECT_THAT(WaitsFor(From("a", "x", "x.org") + From("b", "x", "x.org")),
              ElementsAre(IsEmpty(), IsEmpty()));
}

TEST(Dependencies, ComeFromTheSourcesFilledColumn) {
  EXPECT_THAT(WaitsFor(From("logs", "tools", "tools.org") + From("tools", "x", "x.org")),
              ElementsAre(ElementsAre(1), IsEmpty()));
}

TEST(Dependencies, AreNoneOnAnotherColumnOfAFilledTable) {
  EXPECT_THAT(WaitsFor(From("logs", "tools", "tools.name") + From("tools", "x", "x.org")),
              ElementsAre(IsEmpty(), IsEmpty()));
}

TEST(Dependencies, ComeFromEveryExpression) {
  const std::string sets_key = "[[fill]]\ntable = 'a'\nset = { parent_id = 'c' }\n";
  EXPECT_THAT(WaitsFor(sets_key + From("a", "x", "x.org")), ElementsAre(IsEmpty(), ElementsAre(0)));
  EXPECT_THAT(
      WaitsFor(sets_key + "[[fill]]\ntable = 'a'\nset = { b = 'd' }\nwhere = 'parent_id > 0'"),
      ElementsAre(IsEmpty(), ElementsAre(0)));
  EXPECT_THAT(WaitsFor(sets_key + "[[fill]]\ntable = 'a'\nset = { b = 'parent_id' }"),
              ElementsAre(IsEmpty(), ElementsAre(0)));
}

TEST(Dependencies, ComeFromEachFillOfTheColumn) {
  EXPECT_THAT(WaitsFor(From("logs", "tools", "tools.org") +
                       "[[fill]]\ntable = 'tools'\nset = { org = 'a' }\nwhere = 'b'\n"
                       "[[fill]]\ntable = 'tools'\nset = { org = 'c' }\nwhere = 'NOT b'\n"),
              ElementsAre(UnorderedElementsAre(1, 2), IsEmpty(), IsEmpty()));
}

TEST(Dependencies, GoThroughSeveralHops) {
  EXPECT_THAT(WaitsFor(From("c", "b", "b.org") + From("b", "a", "a.org") + From("a", "x", "x.org")),
              ElementsAre(ElementsAre(1), ElementsAre(2), IsEmpty()));
}

TEST(Dependencies, AreNoneOnTheFillItself) {
  EXPECT_THAT(WaitsFor("[[fill]]\ntable = 'a'\nset = { hits = 'hits + 1' }\nonce = true\n"),
              ElementsAre(IsEmpty()));
  EXPECT_THAT(WaitsFor(From("tree", "tree", "tree.org")), ElementsAre(IsEmpty()));
}

std::string CircleOf(const std::string& toml) {
  BackfillFile file = test::ReadBackfill(toml);
  for (size_t i = 0; i < file.fills.size(); ++i) {
    file.fills[i].place = "backfills/024_org.toml:" + std::to_string(i + 1);
  }
  return test::Refusal([&] { FindDependencies(file); });
}

TEST(Dependencies, AreRefusedInACircle) {
  const std::string message =
      "rung: backfills/024_org.toml:1: the fill of a waits for itself: the fills read each "
      "other's columns\n"
      "  state: nothing was run\n  next:  correct the file and run it again\n";
  EXPECT_EQ(CircleOf(From("a", "b", "b.org") + From("b", "a", "a.org")), message);
  EXPECT_EQ(CircleOf(From("a", "b", "b.org") + From("b", "c", "c.org") + From("c", "a", "a.org")),
            message);
}

TEST(Dependencies, AreRefusedInACircleThatDoesNotBeginAtTheFirst) {
  EXPECT_EQ(CircleOf(From("x", "a", "a.org") + From("a", "b", "b.org") + From("b", "a", "a.org")),
            "rung: backfills/024_org.toml:2: the fill of a waits for itself: the fills read each "
            "other's columns\n"
            "  state: nothing was run\n  next:  correct the file and run it again\n");
}

}  // namespace
}  // namespace rung::fill
