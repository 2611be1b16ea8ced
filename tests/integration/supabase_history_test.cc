// --record-supabase keeps the history of Supabase's own tools in step.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"
#include "integration/test_role.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class SupabaseHistory : public testing::Test {
 protected:
  SupabaseHistory() {
    project_.Write("migrations/001_item.sql",
                   "BEGIN;\n-- Items; all of them.\nCREATE TABLE item (id int) ;\nCOMMIT;\n");
    project_.Write("migrations/002_name.sql",
                   "ALTER TABLE item ADD COLUMN a text;\nALTER TABLE item ADD COLUMN b text;\n");
  }

  Rows Theirs() {
    return project_.database.Query(
        "SELECT version, name, array_to_string(statements, '|') "
        "FROM supabase_migrations.schema_migrations ORDER BY version");
  }

  std::string Refusal() {
    const std::string before = Fingerprint(project_.database);
    const std::string told =
        Masked(project_, project_.RunExpecting(1, {"up", "--record-supabase"}).err);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return told;
  }

  static std::string Foreign(const std::string& fault) {
    return "rung: supabase_migrations.schema_migrations: not the table of Supabase's tools: " +
           fault +
           "\n  state: nothing was changed\n"
           "  next:  look what that is, or leave --record-supabase out\n";
  }

  Project project_;
};

TEST_F(SupabaseHistory, IsLeftAloneUnlessItIsAskedFor) {
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT to_regnamespace('supabase_migrations')"), "NULL");
}

TEST_F(SupabaseHistory, HasEachFileWithItsStatementsAsTheCliHasThem) {
  project_.RunExpecting(0, {"up", "--record-supabase"});
  EXPECT_EQ(
      Theirs(),
      (Rows{{"001", "item", "BEGIN|-- Items; all of them.\nCREATE TABLE item (id int)|COMMIT"},
            {"002", "name",
             "ALTER TABLE item ADD COLUMN a text|ALTER TABLE item ADD COLUMN b text"}}));
  EXPECT_EQ(project_.database.Query(
                "SELECT attname, format_type(atttypid, -1), attnotnull FROM pg_attribute WHERE "
                "attrelid = 'supabase_migrations.schema_migrations'::regclass AND attnum > 0 "
                "ORDER BY attnum"),
            (Rows{{"version", "text", "t"}, {"statements", "text[]", "f"}, {"name", "text", "f"}}));
}

TEST_F(SupabaseHistory, IsWrittenInTheTransactionOfTheFile) {
  project_.RunExpecting(0, {"migrate", "--record-supabase", "--to", "1"});
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN a text;\nSELECT no;\n");
  project_.RunExpecting(1, {"migrate", "--record-supabase"});
  EXPECT_EQ(Theirs().size(), 1u);
  project_.database.Query(
      "ALTER TABLE supabase_migrations.schema_migrations ADD CHECK (version <> '002')");
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN a text;\n");
  project_.RunExpecting(1, {"migrate", "--record-supabase"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.migration"), "1");
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM pg_attribute WHERE attrelid = "
                                    "'item'::regclass AND attname = 'a'"),
            "0");
}

TEST_F(SupabaseHistory, HasAFileWithoutATransactionWithItsLastStatement) {
  project_.Write("migrations/002_name.sql", "-- rung: no-transaction\nSELECT 1;\nSELECT no;\n");
  project_.RunExpecting(1, {"up", "--record-supabase"});
  EXPECT_EQ(Theirs().size(), 1u);
  project_.Write("migrations/002_name.sql", "-- rung: no-transaction\nSELECT 1;\nSELECT 2;\n");
  project_.RunExpecting(0, {"up", "--record-supabase"});
  EXPECT_EQ(Theirs().back(), (std::vector<std::string>{
                                 "002", "name", "-- rung: no-transaction\nSELECT 1|SELECT 2"}));
}

TEST_F(SupabaseHistory, GetsWhatWasAppliedWithoutIt) {
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.RunExpecting(0, {"up", "--record-supabase"}).err,
            "supabase_migrations.schema_migrations: 2 applied before, added\n"
            "up to date: 2 migrations applied, 0 backfills complete\n");
  EXPECT_EQ(Theirs().size(), 2u);
  EXPECT_EQ(project_.RunExpecting(0, {"up", "--record-supabase"}).err,
            "up to date: 2 migrations applied, 0 backfills complete\n");
}

TEST_F(SupabaseHistory, IsAskedForInSettingsToo) {
  project_.Write("rung.conf", "record-supabase = true\n");
  project_.RunExpecting(0, {"up", "--to", "1"});
  EXPECT_EQ(Theirs().size(), 1u);
  std::filesystem::remove(project_.directory.path() / "rung.conf");
  Command command = project_.Rung({"up"});
  command.environment.emplace_back("RUNG_RECORD_SUPABASE=true");
  EXPECT_EQ(test::Run(command).exit, 0);
  EXPECT_EQ(Theirs().size(), 2u);
}

TEST_F(SupabaseHistory, MayHaveColumnsThatTheDashboardHasAdded) {
  project_.database.Query(
      "CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations "
      "(version text PRIMARY KEY, created_by text, rollback text[])");
  project_.RunExpecting(0, {"up", "--record-supabase"});
  EXPECT_EQ(Theirs().size(), 2u);
}

TEST_F(SupabaseHistory, OfAnotherShapeIsRefusedUpFront) {
  project_.database.Query("CREATE SCHEMA supabase_migrations");
  const std::pair<const char*, const char*> shapes[] = {
      {"TABLE supabase_migrations.schema_migrations (version bigint PRIMARY KEY)",
       "it has no column version of type text"},
      {"TABLE supabase_migrations.schema_migrations (version text)", "its version is not its key"},
      {"TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, statements text)",
       "its column statements is not of type text[]"},
      {"TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, name int)",
       "its column name is not of type text"},
      {"TABLE supabase_migrations.schema_migrations (version text PRIMARY KEY, dirty bool NOT "
       "NULL)",
       "it has columns that must be given a value: dirty"},
      {"VIEW supabase_migrations.schema_migrations AS SELECT '1'::text AS version",
       "it is not a table"}};
  for (const auto& [shape, fault] : shapes) {
    project_.database.Query(std::string("CREATE ") + shape);
    EXPECT_EQ(Refusal(), Foreign(fault));
    project_.database.Query(std::string("DROP ") +
                            (std::string(shape).starts_with("VIEW") ? "VIEW" : "TABLE") +
                            " supabase_migrations.schema_migrations");
  }
}

TEST_F(SupabaseHistory, ThatHasAPendingFileAsAppliedIsRefused) {
  project_.database.Query(
      "CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations "
      "(version text PRIMARY KEY, statements text[], name text); "
      "INSERT INTO supabase_migrations.schema_migrations VALUES ('001', NULL, 'item')");
  EXPECT_EQ(
      Refusal(),
      "rung: migrations/001_item.sql: supabase_migrations.schema_migrations has it as applied, "
      "and rung's history has not\n"
      "  state: nothing was changed\n"
      "  next:  take over what Supabase's tools have applied with `rung baseline N`, or take "
      "the rows out of that table if they never ran\n");
  project_.database.Query("CREATE TABLE item (id int)");
  project_.RunExpecting(0, {"baseline", "1", "--record-supabase"});
  project_.RunExpecting(0, {"up", "--record-supabase"});
  EXPECT_EQ(Theirs().size(), 2u);
}

TEST_F(SupabaseHistory, FollowsARepair) {
  project_.RunExpecting(0, {"up", "--record-supabase"});
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN a int;\n");
  std::filesystem::remove(project_.directory.path() / "migrations/001_item.sql");
  project_.RunExpecting(0, {"repair", "2", "--forget", "1", "--yes", "--record-supabase"});
  EXPECT_EQ(Theirs(), (Rows{{"002", "name", "ALTER TABLE item ADD COLUMN a int"}}));
}

TEST(SupabaseHistoryOfAnotherRole, IsRefusedUpFront) {
  TestRole role("secret");
  Project project;
  project.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  project.database.Query(
      "CREATE SCHEMA supabase_migrations; CREATE TABLE supabase_migrations.schema_migrations "
      "(version text PRIMARY KEY, statements text[], name text);"
      "GRANT USAGE ON SCHEMA supabase_migrations TO " +
      role.name() +
      ";"
      "GRANT CREATE ON DATABASE " +
      project.database.name() + " TO " + role.name());
  Command command = project.Rung({"up", "--record-supabase"});
  command.environment.push_back("PGUSER=" + role.name());
  command.environment.emplace_back("PGPASSWORD=secret");
  command.environment.emplace_back("PGHOST=localhost");
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.err,
            "rung: supabase_migrations.schema_migrations: this role may not read and write it\n"
            "  state: nothing was changed\n"
            "  next:  run it as the role that Supabase's tools use (postgres), or leave "
            "--record-supabase out\n");
}

}  // namespace
}  // namespace rung::test
