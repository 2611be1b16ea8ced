// Rows that a policy hides: an error where the role may not see them all, never a silence.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"
#include "integration/test_role.h"

namespace rung::test {
namespace {

class RowSecurity : public testing::Test {
 protected:
  RowSecurity() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE item (id int PRIMARY KEY, org text);
INSERT INTO item SELECT generate_series(1, 10);
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
CREATE POLICY few ON item USING (id <= 5);
)");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
    project_.RunExpecting(0, {"migrate"});
    for (const TestRole* role : {&weak_, &bypass_}) {
      project_.database.Query("GRANT USAGE, CREATE ON SCHEMA rung, public TO " + role->name() +
                              "; GRANT ALL ON ALL TABLES IN SCHEMA rung, public TO " +
                              role->name());
    }
  }

  Result RunAs(const TestRole& role, std::vector<std::string> arguments) {
    Command command = project_.Rung(std::move(arguments));
    command.environment.insert(command.environment.end(),
                               {"PGUSER=" + role.name(), "PGPASSWORD=row security"});
    return test::Run(command);
  }

  TestRole weak_{"row security"};
  TestRole bypass_{"row security", "BYPASSRLS"};
  Project project_;
};

TEST_F(RowSecurity, MakesABackfillFailBeforeARowIsFilled) {
  const std::string rows = "SELECT string_agg(xmin::text, ' ') FROM item";
  const std::string before = project_.database.Value(rows);
  for (const char* command : {"backfill", "up"}) {
    const Result result = RunAs(weak_, {command});
    EXPECT_EQ(result.exit, 1) << command;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(
        Masked(project_, result.err),
        R"(rung: backfills/001_org.toml:1: item: query would be affected by row-level security policy for table "item" [42501]
  state: nothing of this backfill was run
  next:  connect as a role with BYPASSRLS, or as the table's owner
)") << command;
  }
  EXPECT_EQ(project_.database.Value(rows), before);
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.backfill"), "0");
}

TEST_F(RowSecurity, MakesAReportFail) {
  const std::string before = Fingerprint(project_.database);
  const Result result = RunAs(weak_, {"report"});
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(
      Masked(project_, result.err),
      R"(rung: backfills/001_org.toml:1: item: query would be affected by row-level security policy for table "item" [42501]
  state: a report changes nothing
  next:  connect as a role with BYPASSRLS, or as the table's owner
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(RowSecurity, IsNoObstacleToARoleThatBypassesIt) {
  const Result report = RunAs(bypass_, {"report", "--format", "csv"});
  EXPECT_EQ(report.exit, 3);
  EXPECT_EQ(
      report.out,
      R"(backfill,table,rows,filled,missing,fillable,no_parent_key,no_parent,no_value,mismatches,set_aside
001_org,item,10,0,10,10,0,0,0,0,0
)");
  const Result up = RunAs(bypass_, {"up"});
  EXPECT_EQ(up.exit, 0) << up.err;
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM item WHERE org = 'org_' || id"), "10");
}

TEST_F(RowSecurity, ThatIsForcedOnTheOwnerMakesHimFailToo) {
  project_.database.Query("ALTER TABLE item OWNER TO " + weak_.name() +
                          "; ALTER TABLE item FORCE ROW LEVEL SECURITY");
  EXPECT_EQ(RunAs(weak_, {"backfill"}).exit, 1);
  EXPECT_EQ(project_.database.Value("SELECT count(org) FROM item"), "0");
  project_.database.Query("ALTER TABLE item NO FORCE ROW LEVEL SECURITY");
  EXPECT_EQ(RunAs(weak_, {"backfill"}).exit, 0);
  EXPECT_EQ(project_.database.Value("SELECT count(org) FROM item"), "10");
  project_.database.Query("ALTER TABLE item OWNER TO CURRENT_USER");
}

TEST_F(RowSecurity, OfTheSourceCountsAsWell) {
  project_.database.Query(R"(
    ALTER TABLE item DISABLE ROW LEVEL SECURITY;
    CREATE TABLE client (id int, org text);
    INSERT INTO client SELECT g, 'org' FROM generate_series(1, 10) g;
    ALTER TABLE client ENABLE ROW LEVEL SECURITY;
    CREATE POLICY few ON client USING (id <= 5);
    GRANT SELECT ON client TO )" +
                          weak_.name());
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"item\"\nfrom = \"client\"\nmatch = \"client.id = t.id\"\nset "
                 "= { org = \"client.org\" }\n");
  EXPECT_EQ(RunAs(weak_, {"backfill"}).exit, 1);
  EXPECT_EQ(RunAs(weak_, {"report"}).exit, 1);
  EXPECT_EQ(project_.database.Value("SELECT count(org) FROM item"), "0");
}

TEST_F(RowSecurity, ARoleWithoutTheRightToWriteIsToldSo) {
  project_.database.Query(
      "ALTER TABLE item DISABLE ROW LEVEL SECURITY; REVOKE UPDATE ON item FROM " + weak_.name());
  const Result result = RunAs(weak_, {"backfill"});
  EXPECT_EQ(result.exit, 1);
  const std::string role = weak_.name();
  EXPECT_EQ(result.err, "rung: backfills/001_org.toml:1: public.item: role " + role +
                            " lacks UPDATE (org)\n"
                            "  state: nothing of this backfill was run\n"
                            "  next:  GRANT UPDATE (org) ON public.item TO " +
                            role + "; or connect as another role\n");
}

TEST_F(RowSecurity, EveryRightThatARoleLacksIsNamedWithItsGrant) {
  const std::string role = weak_.name();
  project_.database.Query(R"(
    ALTER TABLE item DISABLE ROW LEVEL SECURITY;
    CREATE TABLE client ("Id" int PRIMARY KEY, org text, name text);
    REVOKE ALL ON item FROM )" +
                          role + "; GRANT SELECT (id) ON item TO " + role);
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"item\"\nfrom = \"client\"\nmatch = 'client.\"Id\" = "
                 "t.id'\nset = { org = \"client.org\" }\n");
  for (const char* command : {"plan", "backfill"}) {
    const Result result = RunAs(weak_, {command});
    EXPECT_EQ(result.exit, 1);
    EXPECT_EQ(result.err, "rung: backfills/001_org.toml:1: public.item: role " + role +
                              " lacks UPDATE (org), SELECT (org)\n"
                              "rung: backfills/001_org.toml:1: client: role " +
                              role +
                              " lacks SELECT (\"Id\", org)\n"
                              "  state: nothing of this backfill was run\n"
                              "  next:  GRANT UPDATE (org), SELECT (org) ON public.item TO " +
                              role + "; GRANT SELECT (\"Id\", org) ON client TO " + role +
                              "; or connect as another role\n");
  }
}

}  // namespace
}  // namespace rung::test
