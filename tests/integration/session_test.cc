// What a migration does to its session stays with it; what it waits for is tried again.

#include <gtest/gtest.h>

#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/test_role.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Session : public testing::Test {
 protected:
  bool WaitUntilBlocked(const std::string& application) {
    return WaitUntil([&] {
      return project_.database.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "wait_event_type = 'Lock' "
                 "AND application_name = '" +
                 application + "'") != "0";
    });
  }

  TestRole role_{"weak role"};  // may do nothing here
  Project project_;
};

constexpr const char* kItem =
    "CREATE TABLE item (id int PRIMARY KEY, org text);\nINSERT INTO item VALUES (1);\n";
constexpr const char* kFill = "[[fill]]\ntable = \"item\"\nset = { org = \"'org'\" }\n";

TEST_F(Session, ASearchPathLeftBehindReachesNobody) {
  project_.Write("migrations/001_item.sql", std::string(kItem) + "SET search_path = '';\n");
  project_.Write("backfills/001_org.toml", kFill);
  project_.Write("migrations/002_name.sql",
                 "ALTER TABLE item ADD COLUMN name text;\n"
                 "SELECT pg_catalog.set_config('search_path', '', false);\n");
  project_.Write("migrations/003_index.sql",
                 "CREATE INDEX CONCURRENTLY item_org ON item (org);\nSET search_path = '';\n");
  project_.Write("migrations/004_more.sql",
                 "-- rung: no-transaction\nALTER TABLE item ADD COLUMN more text;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT * FROM item"), (Rows{{"1", "org", "NULL", "NULL"}}));
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.migration WHERE state = 'applied'"),
            "4");
}

TEST_F(Session, ARoleLeftBehindReachesNobody) {
  const std::string set_role =
      "GRANT USAGE ON SCHEMA public TO " + role_.name() + ";\nSET ROLE " + role_.name() + ";\n";
  project_.Write("migrations/001_item.sql", kItem + set_role);
  project_.Write("backfills/001_org.toml", kFill);
  project_.Write(
      "migrations/002_name.sql",
      "ALTER TABLE item ADD COLUMN name text;\nSET SESSION AUTHORIZATION " + role_.name() + ";\n");
  project_.Write(
      "migrations/003_index.sql",
      "CREATE INDEX CONCURRENTLY item_org ON item (org);\nSET ROLE " + role_.name() + ";\n");
  project_.Write("migrations/004_more.sql",
                 "-- rung: no-transaction\nALTER TABLE item ADD COLUMN more text;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(
      project_.database.Query("SELECT DISTINCT db_role = current_user, state FROM rung.migration"),
      (Rows{{"t", "applied"}}));
  EXPECT_EQ(project_.database.Query("SELECT * FROM item"), (Rows{{"1", "org", "NULL", "NULL"}}));
}

TEST_F(Session, ASettingHoldsForTheRestOfItsOwnFile) {
  project_.Write("migrations/001_item.sql",
                 "CREATE SCHEMA app;\nSET search_path = app;\nCREATE TABLE item (id int);\n");
  project_.Write("migrations/002_steps.sql",
                 "-- rung: no-transaction\nSET search_path = app;\nCREATE TABLE part (id int);\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query(
                "SELECT relname FROM pg_class WHERE relnamespace = 'app'::regnamespace ORDER BY 1"),
            (Rows{{"item"}, {"part"}}));
}

TEST_F(Session, ALockTimeoutIsTriedAgainAndNamesTheStatement) {
  project_.Write("migrations/001_item.sql", kItem);
  project_.RunExpecting(0, {"up"});
  project_.Write("migrations/002_name.sql",
                 "CREATE TABLE part (id int);\nSET lock_timeout = '100ms';\n\nALTER TABLE item ADD "
                 "COLUMN name text;\n");
  pg::Connection application = project_.database.Connect("application");
  application.Exec("BEGIN; SELECT * FROM item");
  WatchedRun run(project_, {"up"});
  ASSERT_TRUE(run.WaitUntilTold("trying again"));
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM pg_class WHERE relname = 'part'"), "0");
  application.Exec("COMMIT");
  EXPECT_EQ(run.Wait().exit, 0);
  const std::string told = Masked(project_, run.Told());
  const std::string once =
      "warning: migrations/002_name.sql:4: canceling statement due to lock timeout [55P03]; rolled "
      "back, "
      "trying again in <duration>\n";
  EXPECT_EQ(told.substr(0, once.size()), once);
  EXPECT_EQ(told.substr(told.rfind(once) + once.size()),
            "002_name: applied, 3 statements in <duration>\nup to date: 2 migrations applied, 0 "
            "backfills complete\n");
  EXPECT_EQ(project_.database.Query("SELECT column_name FROM information_schema.columns WHERE "
                                    "table_name = 'item' ORDER BY 1"),
            (Rows{{"id"}, {"name"}, {"org"}}));
}

TEST_F(Session, ADeadlockIsTriedAgain) {
  project_.Write("migrations/001_item.sql", std::string(kItem) + "CREATE TABLE part (id int);\n");
  project_.RunExpecting(0, {"up"});
  Gate gate(project_.database);
  project_.Write("migrations/002_name.sql",
                 "SET deadlock_timeout = '10ms';\nALTER TABLE item ADD COLUMN name text;\n"
                 "SELECT wait_at_gate();\nALTER TABLE part ADD COLUMN name text;\n");
  pg::Connection application = project_.database.Connect("application");
  std::jthread waiting;
  WatchedRun run(project_, {"up"});
  ASSERT_TRUE(gate.WaitUntilReached());
  application.Exec("SET deadlock_timeout = '100s'; BEGIN; SELECT * FROM part");
  waiting = std::jthread([&] { application.Exec("SELECT * FROM item; COMMIT"); });
  ASSERT_TRUE(WaitUntilBlocked("application"));
  gate.Open();
  EXPECT_EQ(run.Wait().exit, 0);
  waiting.join();
  EXPECT_EQ(Masked(project_, run.Told()),
            "warning: migrations/002_name.sql:4: deadlock detected [40P01]; rolled back, trying "
            "again in <duration>\n"
            "002_name: applied, 4 statements in <duration>\nup to date: 2 migrations applied, 0 "
            "backfills complete\n");
}

TEST_F(Session, AConnectionLostInTheMiddleOfAMigrationIsToldAndTheRerunAppliesIt) {
  project_.Write("migrations/001_item.sql", kItem);
  project_.RunExpecting(0, {"up"});
  Gate gate(project_.database);
  project_.Write("migrations/002_name.sql",
                 "ALTER TABLE item ADD COLUMN name text;\nSELECT wait_at_gate();\n");
  Process process(WithoutLeakCheck(project_, {"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  project_.database.Query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
      "AND application_name = 'rung up'");
  const Result result = process.Wait();
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.err, R"(rung: migrations/002_name.sql: the server closed the connection
  state: the database knows whether this file is applied: the history row commits with it
  next:  look with `rung status`, then run it again
)");
  gate.Open();
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT * FROM item"), (Rows{{"1", "NULL", "NULL"}}));
}

TEST_F(Session, NoticesAreToldOnRequest) {
  project_.Write("migrations/001_tell.sql",
                 "DO $$ BEGIN RAISE NOTICE 'hello'; END $$;\nCREATE TABLE item (id int);\n"
                 "DO $$ BEGIN RAISE WARNING 'take care'; END $$;\n");
  const std::string told = Masked(project_, project_.RunExpecting(0, {"up", "--verbose"}).err);
  EXPECT_EQ(told, R"(001_tell: applying in one transaction
server: hello
server: take care
001_tell: applied, 3 statements in <duration>
up to date: 1 migration applied, 0 backfills complete
)");
}

}  // namespace
}  // namespace rung::test
