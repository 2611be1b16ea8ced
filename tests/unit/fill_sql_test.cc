#include "fill/fill_sql.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/fills.h"

namespace rung::fill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Fill WithoutSource() {
  return test::ReadFill(R"toml(table = "contacts"
set = { phone_digits = "regexp_replace(phone, '[^0-9]', '', 'g')" }
where = "phone IS NOT NULL")toml");
}

Fill OfTwoColumns() {
  return test::ReadFill(R"toml(table = "users"
from = "app.clients"
match = "clients.id = client_id AND clients.region = region"
set = { org = "clients.org", "Org Name" = "upper(clients.name)" })toml");
}

Fill Once() {
  return test::ReadFill("table = 'counters'\nset = { hits = 'hits + 1' }\nonce = true");
}

TEST(FillSql, OfOneColumnFromASource) {
  const Fill fill = test::FillFromParent();
  EXPECT_EQ(SetClause(fill), R"("clerk_org_id" = (clients.clerk_organization_id))");
  EXPECT_EQ(FromClause(fill), "FROM clients");
  EXPECT_EQ(FillablePredicate(fill),
            R"(((t."clerk_org_id" IS NULL AND (clients.clerk_organization_id) IS NOT NULL)))"
            R"( AND (clients.id = t.client_id))");
  EXPECT_EQ(MissingPredicate(fill), R"((t."clerk_org_id" IS NULL))");
  EXPECT_EQ(MismatchPredicate(fill),
            R"(((t."clerk_org_id" IS NOT NULL AND (clients.clerk_organization_id) IS NOT NULL)"
            R"( AND t."clerk_org_id" IS DISTINCT FROM (clients.clerk_organization_id))))");
  EXPECT_EQ(CountFillable(fill, "ONLY public.users"),
            R"(SELECT count(*) FROM ONLY public.users AS t, clients WHERE )"
            R"(((t."clerk_org_id" IS NULL AND (clients.clerk_organization_id) IS NOT NULL)))"
            R"( AND (clients.id = t.client_id))");
}

TEST(FillSql, OfSeveralColumnsKeepsTheValuesThatAreThere) {
  const Fill fill = OfTwoColumns();
  EXPECT_EQ(SetClause(fill),
            R"("Org Name" = CASE WHEN t."Org Name" IS NULL THEN (upper(clients.name)))"
            R"( ELSE t."Org Name" END, )"
            R"("org" = CASE WHEN t."org" IS NULL THEN (clients.org) ELSE t."org" END)");
  EXPECT_EQ(FromClause(fill), "FROM app.clients");
  EXPECT_EQ(FillablePredicate(fill),
            R"(((t."Org Name" IS NULL AND (upper(clients.name)) IS NOT NULL) OR )"
            R"((t."org" IS NULL AND (clients.org) IS NOT NULL)))"
            R"( AND (clients.id = t.client_id AND clients.region = t.region))");
  EXPECT_EQ(MissingPredicate(fill), R"((t."Org Name" IS NULL OR t."org" IS NULL))");
}

TEST(FillSql, OfAnExpressionOnTheRowItself) {
  const Fill fill = WithoutSource();
  EXPECT_EQ(SetClause(fill), R"("phone_digits" = (regexp_replace(t.phone, '[^0-9]', '', 'g')))");
  EXPECT_EQ(FromClause(fill), "");
  EXPECT_EQ(FillablePredicate(fill),
            R"(((t."phone_digits" IS NULL AND (regexp_replace(t.phone, '[^0-9]', '', 'g')))"
            R"( IS NOT NULL)) AND (t.phone IS NOT NULL))");
  EXPECT_EQ(CountFillable(fill, "ONLY public.contacts"),
            R"(SELECT count(*) FROM ONLY public.contacts AS t WHERE )"
            R"(((t."phone_digits" IS NULL AND (regexp_replace(t.phone, '[^0-9]', '', 'g')))"
            R"( IS NOT NULL)) AND (t.phone IS NOT NULL))");
}

TEST(FillSql, OfOnceWritesWhateverIsThere) {
  const Fill fill = Once();
  EXPECT_EQ(SetClause(fill), R"("hits" = (t.hits + 1))");
  EXPECT_EQ(FillablePredicate(fill), "true");
}

TEST(FillSql, OfOnceStillMatchesSourceAndWhere) {
  const Fill fill = test::ReadFill(R"toml(table = "a"
from = "b"
match = "b.id = b_id"
where = "kind = 1"
set = { n = "n + b.n", m = "m + b.m" }
once = true)toml");
  EXPECT_EQ(SetClause(fill), R"("m" = (t.m + b.m), "n" = (t.n + b.n))");
  EXPECT_EQ(FillablePredicate(fill), "(b.id = t.b_id) AND (t.kind = 1)");
}

TEST(FillSql, SplitsThePredicateBetweenTheRowAndItsSource) {
  const SplitPredicate of_one = SplitFillablePredicate(test::FillFromParent());
  EXPECT_EQ(of_one.own, R"((t."clerk_org_id" IS NULL))");
  EXPECT_EQ(of_one.joined,
            "(clients.id = t.client_id) AND (clients.clerk_organization_id) IS NOT NULL");

  const SplitPredicate of_two = SplitFillablePredicate(OfTwoColumns());
  EXPECT_EQ(of_two.own, R"((t."Org Name" IS NULL OR t."org" IS NULL))");
  EXPECT_EQ(of_two.joined, R"((clients.id = t.client_id AND clients.region = t.region) AND )"
                           R"(((t."Org Name" IS NULL AND (upper(clients.name)) IS NOT NULL) OR )"
                           R"((t."org" IS NULL AND (clients.org) IS NOT NULL)))");
}

TEST(FillSql, SplitsThePredicateOfARowWithoutASourceFromNothing) {
  const SplitPredicate split = SplitFillablePredicate(WithoutSource());
  EXPECT_EQ(split.own, FillablePredicate(WithoutSource()));
  EXPECT_EQ(split.joined, "true");
}

TEST(FillSql, SplitsThePredicateOfOnceToo) {
  const SplitPredicate split = SplitFillablePredicate(test::ReadFill(
      "table = 'a'\nfrom = 'b'\nmatch = 'b.id = x'\nwhere = 'y'\nset = { n = 'n + 1' }\n"
      "once = true"));
  EXPECT_EQ(split.own, "true AND (t.y)");
  EXPECT_EQ(split.joined, "(b.id = t.x)");
}

TEST(FillSql, WritesOverWhatDiffersWhereThatIsAskedFor) {
  Fill one = test::FillFromParent();
  one.overwrite = true;
  EXPECT_EQ(SetClause(one), R"("clerk_org_id" = (clients.clerk_organization_id))");
  EXPECT_EQ(FillablePredicate(one),
            R"(((t."clerk_org_id" IS DISTINCT FROM (clients.clerk_organization_id) AND)"
            R"( (clients.clerk_organization_id) IS NOT NULL)) AND (clients.id = t.client_id))");
  EXPECT_EQ(SplitFillablePredicate(one).own, "true");
  Fill two = OfTwoColumns();
  two.overwrite = true;
  EXPECT_EQ(SetClause(two), R"("Org Name" = coalesce((upper(clients.name)), t."Org Name"), )"
                            R"("org" = coalesce((clients.org), t."org"))");
}

TEST(FillSql, NamesTheColumnsThatValuesComeFrom) {
  EXPECT_THAT(InputColumns(test::FillFromParent()), ElementsAre("client_id"));
  EXPECT_THAT(InputColumns(WithoutSource()), ElementsAre("phone"));
  EXPECT_THAT(InputColumns(test::ReadFill("table = 'a'\nset = { n = '7' }\nwhere = 'open'")),
              IsEmpty());
  EXPECT_THAT(ReadColumns(test::ReadFill("table = 'a'\nset = { n = 'm' }\nwhere = 'open'")),
              ElementsAre("m", "open"));
  EXPECT_THAT(SourceValueColumns(OfTwoColumns()), ElementsAre("name", "org"));
  EXPECT_THAT(SourceValueColumns(WithoutSource()), IsEmpty());
}

TEST(FillSql, NamesTheColumnsAFillReadsOrSets) {
  EXPECT_THAT(OwnColumns(test::FillFromParent()), ElementsAre("clerk_org_id", "client_id"));
  EXPECT_THAT(OwnColumns(WithoutSource()), ElementsAre("phone", "phone_digits"));
  EXPECT_THAT(OwnColumns(OfTwoColumns()), ElementsAre("Org Name", "client_id", "org", "region"));
}

TEST(FillSql, NamesTheKeysOnBothSides) {
  EXPECT_THAT(ParentKeyColumns(OfTwoColumns()), ElementsAre("client_id", "region"));
  EXPECT_THAT(SourceColumns(test::FillFromParent()), ElementsAre("clerk_organization_id", "id"));
  EXPECT_THAT(SourceColumns(WithoutSource()), IsEmpty());
  EXPECT_THAT(TargetColumns(test::FillFromParent()), ElementsAre("clerk_org_id"));
  EXPECT_THAT(SourceKeyColumns(OfTwoColumns()), ElementsAre("id", "region"));
  EXPECT_THAT(ParentKeyColumns(WithoutSource()), IsEmpty());
  EXPECT_THAT(SourceKeyColumns(WithoutSource()), IsEmpty());
}

TEST(FillSql, QuotesATargetWithAQuoteInItsName) {
  const Fill fill = test::ReadFill("table = 'a'\nset = { 'b\" = 1 --' = 'c' }");
  EXPECT_EQ(SetClause(fill), R"("b"" = 1 --" = (t.c))");
}

}  // namespace
}  // namespace rung::fill
