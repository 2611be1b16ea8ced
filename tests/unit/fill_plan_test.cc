#include "backfill/fill_plan.h"

#include <gtest/gtest.h>

#include "unit/fills.h"

namespace rung::backfill {
namespace {

constexpr int kServer = 150004;

fill::Relation TableOf(const std::string& name, std::vector<fill::KeyColumn> key) {
  fill::Relation relation;
  relation.oid = "4711";
  relation.name = name;
  relation.key = std::move(key);
  return relation;
}

fill::Relation Users() { return TableOf("public.users", {{"id", "uuid"}}); }

fill::Fill ByKey() {
  fill::Fill fill = test::FillFromParent();
  fill.by_key = true;
  return fill;
}

TEST(FillPlan, SweepsAnOrdinaryTableByPage) {
  const FillPlan plan = PlanFill(test::FillFromParent(), 3, Users(), kServer);
  EXPECT_EQ(plan.sweep, Sweep::kPage);
  EXPECT_EQ(plan.why_sweep, "an ordinary table");
  EXPECT_EQ(plan.position, 3u);
  EXPECT_FALSE(plan.once);
  EXPECT_EQ(plan.upper_key, "");
  EXPECT_EQ(plan.next_key, "");
}

TEST(FillPlan, SweepsByKeyForItsReasons) {
  fill::Fill once = test::ReadFill("table = 'a'\nset = { n = 'n + 1' }\nonce = true");
  EXPECT_EQ(PlanFill(once, 0, Users(), kServer).sweep, Sweep::kKey);
  EXPECT_EQ(PlanFill(once, 0, Users(), kServer).why_sweep, "once = true");
  EXPECT_TRUE(PlanFill(once, 0, Users(), kServer).once);

  EXPECT_EQ(PlanFill(ByKey(), 0, Users(), kServer).sweep, Sweep::kKey);
  EXPECT_EQ(PlanFill(ByKey(), 0, Users(), kServer).why_sweep, "asked for");

  fill::Fill with_key = test::FillFromParent();
  with_key.key = {"id"};
  EXPECT_EQ(PlanFill(with_key, 0, Users(), kServer).sweep, Sweep::kKey);
  EXPECT_EQ(PlanFill(with_key, 0, Users(), kServer).why_sweep, "asked for");

  fill::Relation elsewhere = Users();
  elsewhere.kind = fill::Kind::kForeign;
  EXPECT_EQ(PlanFill(test::FillFromParent(), 0, elsewhere, kServer).sweep, Sweep::kKey);
  EXPECT_EQ(PlanFill(test::FillFromParent(), 0, elsewhere, kServer).why_sweep, "a foreign table");
  elsewhere.kind = fill::Kind::kDistributed;
  EXPECT_EQ(PlanFill(test::FillFromParent(), 0, elsewhere, kServer).sweep, Sweep::kKey);
  EXPECT_EQ(PlanFill(test::FillFromParent(), 0, elsewhere, kServer).why_sweep,
            "a distributed table");

  const FillPlan on_13 = PlanFill(test::FillFromParent(), 0, Users(), 130012);
  EXPECT_EQ(on_13.sweep, Sweep::kKey);
  EXPECT_EQ(on_13.why_sweep, "the server is older than 14");
  EXPECT_EQ(PlanFill(test::FillFromParent(), 0, Users(), 140000).sweep, Sweep::kPage);
}

TEST(FillPlan, NamesATableAsPeopleKnowIt) {
  const auto table_of = [](const char* relation) {
    return PlanFill(test::FillFromParent(), 0, TableOf(relation, {}), kServer).table;
  };
  EXPECT_EQ(table_of("public.users"), "users");
  EXPECT_EQ(table_of("app.users"), "app.users");
  EXPECT_EQ(table_of("publicity.users"), "publicity.users");
}

TEST(FillPlan, TellsItsSweepInWords) {
  EXPECT_STREQ(ToString(Sweep::kPage), "page sweep");
  EXPECT_STREQ(ToString(Sweep::kKey), "key sweep");
}

TEST(FillPlan, UpdatesASliceOfPages) {
  const FillPlan plan = PlanFill(test::FillFromParent(), 0, Users(), kServer);
  EXPECT_EQ(plan.update,
            R"(UPDATE ONLY public.users AS t SET "clerk_org_id" = (clients.clerk_organization_id))"
            R"( FROM clients WHERE t.ctid >= $1::tid AND t.ctid < $2::tid)"
            R"( AND CASE WHEN (hashtid(t.ctid) & $3::integer) = $4::integer)"
            R"( THEN ((t."clerk_org_id" IS NULL))::integer ELSE 0 END = 1)"
            R"( AND (clients.id = t.client_id) AND (clients.clerk_organization_id) IS NOT NULL)");
}

TEST(FillPlan, UpdatesTheRestOfAChunkInOne) {
  for (const fill::Fill& fill : {test::FillFromParent(), ByKey()}) {
    const FillPlan plan = PlanFill(fill, 0, Users(), kServer);
    std::string rest = plan.update;
    rest.replace(rest.find(" = $4::integer"), 2, " >=");
    EXPECT_EQ(plan.update_rest, rest);
  }
}

TEST(FillPlan, CountsWhatItsUpdateWouldWrite) {
  EXPECT_EQ(PlanFill(test::FillFromParent(), 0, Users(), kServer).count_fillable,
            R"(SELECT count(*) FROM ONLY public.users AS t, clients WHERE )"
            R"(((t."clerk_org_id" IS NULL AND (clients.clerk_organization_id) IS NOT NULL)))"
            R"( AND (clients.id = t.client_id))");
}

TEST(FillPlan, LeavesOutRowsBeforeAskingItsExpressionsAboutThem) {
  const FillPlan page = LeaveOut(PlanFill(test::FillFromParent(), 0, Users(), kServer), "bad($5)");
  EXPECT_EQ(page.update,
            R"(UPDATE ONLY public.users AS t SET "clerk_org_id" = (clients.clerk_organization_id))"
            R"( FROM clients WHERE t.ctid >= $1::tid AND t.ctid < $2::tid)"
            R"( AND CASE WHEN (hashtid(t.ctid) & $3::integer) = $4::integer)"
            R"( THEN (CASE WHEN bad($5) THEN false ELSE ((t."clerk_org_id" IS NULL)) END)::integer)"
            R"( ELSE 0 END = 1 AND (clients.id = t.client_id) AND)"
            R"( CASE WHEN bad($5) THEN false ELSE (((t."clerk_org_id" IS NULL AND)"
            R"( (clients.clerk_organization_id) IS NOT NULL))) END)");
  EXPECT_EQ(page.count_fillable,
            R"(SELECT count(*) FROM ONLY public.users AS t, clients WHERE)"
            R"( CASE WHEN bad($5) THEN false ELSE ((t."clerk_org_id" IS NULL)) END)"
            R"( AND (clients.id = t.client_id) AND)"
            R"( CASE WHEN bad($5) THEN false ELSE (((t."clerk_org_id" IS NULL AND)"
            R"( (clients.clerk_organization_id) IS NOT NULL))) END)");
  const fill::Fill once =
      test::ReadFill("table = 'x'\nset = { n = 'n + 1' }\nonce = true\nwhere = 'open'");
  const FillPlan key = LeaveOut(PlanFill(once, 0, Users(), kServer), "bad");
  EXPECT_EQ(key.update.substr(key.update.find("CASE")),
            "CASE WHEN bad THEN false ELSE ((t.open)) END AND true");
}

TEST(FillPlan, KnowsARowByItsKeyOrItsPosition) {
  const fill::Relation two = TableOf("x", {{"a", "bigint"}, {"b", "text"}});
  EXPECT_EQ(HasKey(two, "k"), R"(ROW(t."a", t."b") = ROW(((k)[1])::bigint, ((k)[2])::text))");
  EXPECT_EQ(KeyText(two), R"(ARRAY[t."a"::text, t."b"::text]::text)");
  EXPECT_EQ(HasKey(TableOf("x", {}), "k"), "t.ctid = ((k)[1])::tid");
  EXPECT_EQ(KeyText(TableOf("x", {})), "ARRAY[t.ctid::text]::text");
}

TEST(FillPlan, UpdatesARangeOfOneKey) {
  const FillPlan plan = PlanFill(ByKey(), 0, Users(), kServer);
  EXPECT_EQ(plan.update,
            R"(UPDATE ONLY public.users AS t SET "clerk_org_id" = (clients.clerk_organization_id))"
            R"( FROM clients WHERE ($1::text[] IS NULL OR ROW(t."id") >)"
            R"( ROW((($1::text[])[1])::uuid)) AND ROW(t."id") <= ROW((($2::text[])[1])::uuid))"
            R"( AND (hashtextextended(ARRAY[t."id"::text]::text, 0) & $3::integer) = $4::integer)"
            R"( AND ((t."clerk_org_id" IS NULL AND (clients.clerk_organization_id) IS NOT NULL)))"
            R"( AND (clients.id = t.client_id))");
  EXPECT_EQ(plan.upper_key, R"(SELECT ARRAY[t."id"::text]::text FROM ONLY public.users AS t)"
                            R"( ORDER BY "id" DESC LIMIT 1)");
  EXPECT_EQ(plan.next_key,
            R"(SELECT ARRAY[ahead."id"::text]::text FROM (SELECT "id" FROM ONLY public.users AS t)"
            R"( WHERE ($1::text[] IS NULL OR ROW(t."id") > ROW((($1::text[])[1])::uuid)))"
            R"( AND ROW(t."id") <= ROW((($2::text[])[1])::uuid))"
            R"( ORDER BY "id" ASC LIMIT $3::bigint) AS ahead ORDER BY "id" DESC LIMIT 1)");
}

TEST(FillPlan, UpdatesARangeOfAKeyOfSeveralColumns) {
  const fill::Relation relation =
      TableOf("app.\"Order Items\"", {{"order", "bigint"}, {"no \"1\"", "character varying(9)"}});
  const fill::Fill fill =
      test::ReadFill("table = 'x'\nset = { n = 'n + 1' }\nonce = true\nwhere = 'open'");
  const FillPlan plan = PlanFill(fill, 0, relation, kServer);
  const std::string row = R"(ROW(t."order", t."no ""1"""))";
  const std::string lower =
      "ROW((($1::text[])[1])::bigint, (($1::text[])[2])::character varying(9))";
  const std::string upper =
      "ROW((($2::text[])[1])::bigint, (($2::text[])[2])::character varying(9))";
  const std::string range =
      "($1::text[] IS NULL OR " + row + " > " + lower + ") AND " + row + " <= " + upper;
  EXPECT_EQ(plan.update,
            R"(UPDATE ONLY app."Order Items" AS t SET "n" = (t.n + 1)  WHERE )" + range +
                R"( AND (hashtextextended(ARRAY[t."order"::text, t."no ""1"""::text]::text, 0))"
                " & $3::integer) = $4::integer AND (t.open)");
  EXPECT_EQ(plan.upper_key,
            R"(SELECT ARRAY[t."order"::text, t."no ""1"""::text]::text FROM ONLY)"
            R"( app."Order Items" AS t ORDER BY "order" DESC, "no ""1""" DESC LIMIT 1)");
  EXPECT_EQ(plan.next_key,
            R"(SELECT ARRAY[ahead."order"::text, ahead."no ""1"""::text]::text FROM (SELECT)"
            R"( "order", "no ""1""" FROM ONLY app."Order Items" AS t WHERE )" +
                range +
                R"( ORDER BY "order" ASC, "no ""1""" ASC LIMIT $3::bigint) AS ahead)"
                R"( ORDER BY "order" DESC, "no ""1""" DESC LIMIT 1)");
}

TEST(FillPlan, TellsItsKeyAsPeopleWriteIt) {
  const fill::Relation relation = TableOf("x", {{"tenant", "int"}, {"no 1", "int"}});
  EXPECT_EQ(KeyText(PlanFill(ByKey(), 0, relation, kServer)), "tenant, no 1");
}

TEST(FillPlan, WritesTimesInOneWayWhateverTheSessionsSettings) {
  const FillPlan plan = PlanFill(
      ByKey(), 0, TableOf("x", {{"at", "timestamp with time zone", true}, {"id", "int"}}), kServer);
  const std::string text = R"(ARRAY[to_json(t."at") #>> '{}', t."id"::text]::text)";
  const std::string hashed = R"(ARRAY[extract(epoch FROM t."at")::text, t."id"::text]::text)";
  EXPECT_NE(plan.update.find("hashtextextended(" + hashed + ", 0)"), std::string::npos)
      << plan.update;
  EXPECT_NE(plan.upper_key.find("SELECT " + text + " FROM"), std::string::npos) << plan.upper_key;
}

TEST(FillPlan, TakesNoOnlyForADistributedTable) {
  fill::Relation relation = Users();
  relation.kind = fill::Kind::kDistributed;
  const FillPlan plan = PlanFill(test::FillFromParent(), 0, relation, kServer);
  for (const std::string& sql : {plan.update, plan.upper_key, plan.next_key, plan.count_fillable,
                                 plan.count_missing_values}) {
    EXPECT_EQ(sql.find("ONLY"), std::string::npos) << sql;
    EXPECT_NE(sql.find("public.users AS t"), std::string::npos) << sql;
  }
}

TEST(FillPlan, SetsNothingUnlessAskedForOrTheKeyHasSeveralColumns) {
  EXPECT_EQ(PlanFill(test::FillFromParent(), 0, Users(), kServer).before_update, "");
  EXPECT_EQ(PlanFill(ByKey(), 0, Users(), kServer).before_update, "");
  fill::Fill guarded = test::FillFromParent();
  guarded.guards_triggers = true;
  EXPECT_EQ(PlanFill(guarded, 0, Users(), kServer).before_update,
            "SET LOCAL rung.backfill = 'on'; ");
  guarded.by_key = true;
  EXPECT_EQ(PlanFill(guarded, 0, TableOf("x", {{"a", "int"}, {"b", "int"}}), kServer).before_update,
            "SET LOCAL rung.backfill = 'on'; SET LOCAL enable_seqscan = off; ");
}

TEST(FillPlan, KnowsAScatteredKeyInAKeySweepOnly) {
  fill::Relation relation = Users();
  relation.key_is_scattered = true;
  EXPECT_TRUE(PlanFill(ByKey(), 0, relation, kServer).is_scattered);
  EXPECT_FALSE(PlanFill(test::FillFromParent(), 0, relation, kServer).is_scattered);
}

}  // namespace
}  // namespace rung::backfill
