// The pure parts of a wipe of the database.
#include <gtest/gtest.h>

#include "reset/cascade.h"
#include "reset/platform_schema.h"
#include "reset/project_reference.h"

namespace rung::reset {
namespace {

Pull Refers(const std::string& from, const std::string& to) {
  return {from, from, to, to, from + "_fkey"};
}

TEST(Cascade, OfAListThatIsClosedReachesNothing) {
  EXPECT_TRUE(
      FindCascade({"a", "b"}, {Refers("b", "a"), Refers("a", "a"), Refers("a", "kept")}).empty());
}

TEST(Cascade, NamesEachTableThatIsReachedByItsShortestWay) {
  EXPECT_EQ(
      FindCascade({"a"}, {Refers("c", "b"), Refers("b", "a"), Refers("d", "c"), Refers("d", "b")}),
      (std::vector<std::string>{"b refers to a (b_fkey)",
                                "c refers to b (c_fkey), which refers to a (b_fkey)",
                                "d refers to b (d_fkey), which refers to a (b_fkey)"}));
}

TEST(Cascade, ReachesThePartsOfATable) {
  EXPECT_EQ(FindCascade({"a"}, {Refers("b", "a"), {"b1", "b1", "b", "b", ""}}),
            (std::vector<std::string>{"b refers to a (b_fkey)",
                                      "b1 is a part of b, which refers to a (b_fkey)"}));
}

TEST(Cascade, OfTablesThatReferToEachOtherEnds) {
  EXPECT_EQ(FindCascade({"a"}, {Refers("b", "a"), Refers("c", "b"), Refers("b", "c")}).size(), 2u);
}

TEST(PlatformSchemas, AreKnownByNameAndByTheirBeginning) {
  for (const char* schema : {"auth", "storage", "realtime", "vault", "supabase_migrations",
                             "graphql_public", "pg_catalog", "pg_toast", "information_schema"}) {
    EXPECT_TRUE(IsPlatformSchema(schema)) << schema;
  }
  for (const char* schema : {"public", "app", "authors", "rung", "storage_2"}) {
    EXPECT_FALSE(IsPlatformSchema(schema)) << schema;
  }
}

std::string Reference(const std::string& host, const std::string& user) {
  return ProjectReference({.conninfo = {},
                           .description = {},
                           .secrets = {},
                           .host = host,
                           .user = user,
                           .database = "postgres"});
}

TEST(ProjectReference, IsThatOfASupabaseProjectElseTheDatabasesName) {
  EXPECT_EQ(Reference("db.abcdefghij.supabase.co", "postgres"), "abcdefghij");
  EXPECT_EQ(Reference("aws-0-eu-central-1.pooler.supabase.com", "postgres.abcdefghij"),
            "abcdefghij");
  EXPECT_EQ(Reference("aws-0-eu-central-1.pooler.supabase.com", "postgres"), "postgres");
  EXPECT_EQ(Reference("db.example.com", "postgres.x"), "postgres");
  EXPECT_EQ(Reference("db..supabase.co", "postgres"), "postgres");
  EXPECT_EQ(Reference("", "app"), "postgres");
}

}  // namespace
}  // namespace rung::reset
