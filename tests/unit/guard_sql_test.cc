#include "backfill/guard_sql.h"

#include <gtest/gtest.h>

#include "unit/fills.h"

namespace rung::backfill {
namespace {

const pg::OwnSchema kSchema("my rung");

GuardPlace Place() {
  return {kSchema, core::Version::Parse("024").value(), 2, "public.users", "public, pg_temp"};
}

TEST(GuardSql, OfTheTableFillsWhatIsMissingAndFollowsTheParent) {
  const Guard guard = GuardOfTable(test::FillFromParent(), Place());
  EXPECT_EQ(guard.name, "guard_024_3");
  EXPECT_EQ(guard.what, "BEFORE INSERT OR UPDATE OF client_id");
  EXPECT_EQ(guard.create_trigger + "public.users" + guard.create_rest,
            R"(CREATE TRIGGER "rung_guard_024_3" BEFORE INSERT OR UPDATE OF "client_id" ON)"
            R"( public.users FOR EACH ROW EXECUTE FUNCTION "my rung"."guard_024_3"())");
  EXPECT_EQ(
      guard.create_function,
      R"~(CREATE OR REPLACE FUNCTION "my rung"."guard_024_3"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS '
#variable_conflict use_column
DECLARE
  rung_found record;
  rung_moved boolean := false;
BEGIN
  IF TG_OP = ''UPDATE'' THEN rung_moved := NEW."client_id" IS DISTINCT FROM OLD."client_id"; END IF;
  IF NOT rung_moved AND NOT (NEW."clerk_org_id" IS NULL) THEN RETURN NEW; END IF;
  SELECT (clients.clerk_organization_id) AS value_0 INTO rung_found FROM (SELECT NEW.*) AS t, clients WHERE (clients.id = t.client_id);
  IF rung_moved THEN
    IF NEW."clerk_org_id" IS NOT DISTINCT FROM OLD."clerk_org_id" THEN NEW."clerk_org_id" := rung_found.value_0; END IF;
  ELSE
    IF NEW."clerk_org_id" IS NULL THEN NEW."clerk_org_id" := rung_found.value_0; END IF;
  END IF;
  RETURN NEW;
EXCEPTION
  WHEN serialization_failure OR deadlock_detected THEN RAISE;
  WHEN OTHERS THEN
    RAISE WARNING ''rung: the guard of % failed: %'', TG_TABLE_NAME, SQLERRM;
    RETURN NEW;
END'; REVOKE ALL ON FUNCTION "my rung"."guard_024_3"() FROM PUBLIC)~");
}

TEST(GuardSql, OfTheSourceCarriesAChangedValueToRowsThatHadTheOldOne) {
  const auto guard = GuardOfSource(test::FillFromParent(), Place());
  ASSERT_TRUE(guard);
  EXPECT_EQ(guard->what, "AFTER UPDATE OF clerk_organization_id");
  EXPECT_EQ(guard->create_trigger + "public.clients" + guard->create_rest,
            R"(CREATE TRIGGER "rung_guard_024_3_source" AFTER UPDATE OF "clerk_organization_id" ON)"
            R"( public.clients FOR EACH ROW WHEN ((NEW."clerk_organization_id" IS DISTINCT FROM)"
            R"( OLD."clerk_organization_id") AND pg_catalog.current_setting('rung.batch', true))"
            R"( IS DISTINCT FROM 'on') EXECUTE FUNCTION "my rung"."guard_024_3_source"())");
  const std::string& function = guard->create_function;
  EXPECT_NE(function.find(
                R"(    UPDATE public.users AS t SET "clerk_org_id" = (clients.clerk_organization_id)
    FROM (SELECT NEW.*) AS "clients"
    WHERE (clients.id = t.client_id) AND ((t."clerk_org_id" IS DISTINCT FROM (clients.clerk_organization_id) AND (t."clerk_org_id" IS NULL OR t."clerk_org_id" IS NOT DISTINCT FROM (SELECT (clients.clerk_organization_id) FROM (SELECT OLD.*) AS "clients"))));
)"),
            std::string::npos)
      << function;
}

TEST(GuardSql, HasNoneForTheSourceWhereNoValueComesFromThere) {
  EXPECT_FALSE(GuardOfSource(test::ReadFill("table = 'a'\nset = { n = '7' }"), Place()));
  const Guard guard = GuardOfTable(test::ReadFill("table = 'a'\nset = { n = '7' }"), Place());
  EXPECT_EQ(guard.what, "BEFORE INSERT");
}

}  // namespace
}  // namespace rung::backfill
