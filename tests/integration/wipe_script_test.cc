// scripts/wipe_all_user_data.sql as it is run by hand: in psql, and as Supabase's SQL editor sends it,
// in one go.

#include <gtest/gtest.h>

#include <regex>

#include "files/text_file.h"
#include "integration/tenants.h"

namespace rung::test {
namespace {

class WipeScript : public testing::Test {
 protected:
  WipeScript() { MakeTenants(project_.database); }

  static std::string Path() {
    return (SourceDirectory() / "scripts/wipe_all_user_data.sql").string();
  }

  Result RunInPsql() {
    return test::Run({.arguments = {"-Xq", "-v", "ON_ERROR_STOP=1", "-f", Path()},
                      .directory = {},
                      .environment = {project_.database.environment()},
                      .program = "psql"});
  }

  std::string Schema() {
    const Result dump = test::Run({.arguments = {"--schema-only"},
                                   .directory = {},
                                   .environment = {project_.database.environment()},
                                   .program = "pg_dump"});
    EXPECT_EQ(dump.exit, 0) << dump.err;
    static const std::regex kNewEachTime("\n\\\\(un)?restrict [^\n]*");
    return std::regex_replace(dump.out, kNewEachTime, "");
  }

  Project project_;
};

TEST_F(WipeScript, EmptiesTheTablesOfTheSeedAndNothingElse) {
  const std::string schema = Schema();
  const auto kept = project_.database.Query(kKeptRows);
  ASSERT_NE(project_.database.Value(kTenantRows), "0");
  const Result result = RunInPsql();
  EXPECT_EQ(result.exit, 0);
  EXPECT_EQ(result.out + result.err, "");
  EXPECT_EQ(project_.database.Value(kTenantRows), "0");
  EXPECT_EQ(project_.database.Query(kKeptRows), kept);
  EXPECT_EQ(Schema(), schema);
}

TEST_F(WipeScript, HasIdentitiesStartAgain) {
  ASSERT_EQ(RunInPsql().exit, 0);
  project_.database.Query("INSERT INTO audit_log (action, entity_type) VALUES ('a', 'b')");
  EXPECT_EQ(project_.database.Value("SELECT id FROM audit_log"), "1");
}

TEST_F(WipeScript, RunsAsOneQueryOfTheSqlEditor) {
  project_.database.Query(files::ReadText(Path(), ""));
  EXPECT_EQ(project_.database.Value(kTenantRows), "0");
}

TEST_F(WipeScript, FailsAsAWholeWhereAnotherTableRefersToOneOfThem) {
  project_.database.Query(
      "CREATE TABLE invoice (id int PRIMARY KEY, client_id uuid REFERENCES clients);"
      "INSERT INTO invoice SELECT 1, id FROM clients LIMIT 1");
  const std::string rows = project_.database.Value(kTenantRows);
  const Result result = RunInPsql();
  EXPECT_EQ(result.exit, 3);
  EXPECT_NE(result.err.find("Table \"invoice\" references \"clients\""), std::string::npos)
      << result.err;
  EXPECT_EQ(project_.database.Value(kTenantRows), rows);
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM invoice"), "1");
}

}  // namespace
}  // namespace rung::test
