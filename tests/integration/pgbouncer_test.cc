// Through a pooler: everything but sessions of one's own.

#include "integration/pgbouncer.h"

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <iterator>

#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class ThroughPgBouncer : public testing::TestWithParam<const char*> {
 protected:
  ThroughPgBouncer() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
CREATE TABLE item (id int PRIMARY KEY, client_id int, org text, hits int NOT NULL DEFAULT 0);
INSERT INTO client SELECT g, 'org_' || g FROM generate_series(1, 9) g;
INSERT INTO item SELECT g, g % 10 FROM generate_series(1, 4000) g;
ANALYZE item;
)");
    project_.Write("backfills/001_org.toml", R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }

[[fill]]
table = "item"
set   = { hits = "hits + 1" }
where = "org IS NOT NULL OR client_id = 0"
once  = true
)");
    project_.Write("migrations/002_index.sql",
                   "CREATE INDEX CONCURRENTLY item_org ON item (org);\n");
    project_.Write("migrations/003_name.sql",
                   "SET search_path = '';\nALTER TABLE public.item ADD COLUMN name text;\n");
    project_.Write("migrations/004_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  }

  Command Rung(std::vector<std::string> arguments) {
    Command command = project_.Rung(std::move(arguments));
    const std::vector<std::string> way = pooler_.environment();
    command.environment.insert(command.environment.end(), way.begin(), way.end());
    return command;
  }

  void ExpectAllDone() {
    EXPECT_EQ(project_.database.Query(
                  "SELECT c.org IS NOT DISTINCT FROM i.org, hits, count(*) FROM item i "
                  "LEFT JOIN client c ON c.id = client_id GROUP BY 1, 2"),
              (Rows{{"t", "1", "4000"}}));
    EXPECT_EQ(project_.database.Query(
                  "SELECT indisvalid FROM pg_index WHERE indexrelid = 'item_org'::regclass"),
              (Rows{{"t"}}));
    EXPECT_EQ(project_.database.Query("SELECT state, count(*) FROM rung.migration GROUP BY 1"),
              (Rows{{"applied", "4"}}));
    EXPECT_EQ(project_.database.Query("SELECT rows_filled FROM rung.fill ORDER BY id"),
              (Rows{{"3600"}, {"4000"}}));
  }

  Project project_;
  PgBouncer pooler_{GetParam(), project_.database};
};

INSTANTIATE_TEST_SUITE_P(Modes, ThroughPgBouncer, testing::Values("transaction", "session"),
                         [](const auto& parameter) { return std::string(parameter.param); });

TEST_P(ThroughPgBouncer, TheWholeLadderIsClimbed) {
  const Result result = test::Run(Rung({"up", "--jobs", "2"}));
  EXPECT_EQ(result.exit, 0) << pooler_.Log();
  EXPECT_EQ(Masked(project_, result.err), R"(001_item: applied, 5 statements in <duration>
001_org: 2 of 2 tables to fill, 2 workers
item: complete, 3,600 rows filled
item: complete, 4,000 rows filled
001_org: complete and verified, 7,600 rows filled, this run took <duration>
002_index: applying 1 statement by itself
002_index: 1/1 CREATE INDEX CONCURRENTLY item_org ON item (org)
002_index: applied, 1 statement in <duration>
003_name: applied, 2 statements in <duration>
004_more: applied, 1 statement in <duration>
up to date: 4 migrations applied, 1 backfill complete
)");
  ExpectAllDone();
  EXPECT_EQ(test::Run(Rung({"status"})).exit, 0);
  EXPECT_EQ(test::Run(Rung({"plan"})).out, "nothing to do: the ladder is climbed\n");
  EXPECT_EQ(test::Run(Rung({"report"})).exit, 0);
}

TEST_P(ThroughPgBouncer, OneRunAtATimeHoldsTheLock) {
  Gate gate(project_.database);
  project_.Write("migrations/001_item.sql", "SELECT wait_at_gate();\n");
  Process first(Rung({"migrate"}));
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "wait_event = 'PgSleep'") != "0";
  }));
  const Result second = test::Run(Rung({"migrate", "--lock-wait", "300ms"}));
  EXPECT_EQ(second.exit, 4) << second.err;
  EXPECT_EQ(Masked(project_, second.err),
            R"(waiting for another run: pid <pid> (rung migrate lock, <from>, since <time>)
rung: another run holds the lock: pid <pid> (rung migrate lock, <from>, since <time>)
  state: nothing was changed by this run
  next:  wait for it, or raise --lock-wait; if it hangs, end it with `SELECT pg_terminate_backend(<pid>)`
)");
  // Nor does one that goes around the pooler get by.
  EXPECT_EQ(project_.Run({"migrate", "--lock-wait", "300ms"}).exit, 4);
  gate.Open();
  EXPECT_EQ(first.Wait().exit, 3);
}

TEST_P(ThroughPgBouncer, ASignalCancelsWhatTheServerDoes) {
  Gate gate(project_.database);
  test::Run(Rung({"migrate"}));
  gate.Guard("item");
  Process process(Rung({"backfill"}));
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "wait_event = 'PgSleep'") != "0";
  }));
  process.Signal(SIGTERM);
  EXPECT_EQ(process.Wait(std::chrono::seconds(5)).exit, 143);
  gate.Open();
  EXPECT_EQ(test::Run(Rung({"up"})).exit, 0);
  ExpectAllDone();
}

// What a file leaves set stays on the server's connection, which the pooler gives to somebody else.
TEST_P(ThroughPgBouncer, NoSettingOfAFileIsLeftToTheApplication) {
  test::Run(Rung({"up", "--to", "3"}));
  Command psql{
      .arguments = {"-Atc",
                    "SELECT current_setting('search_path') = '', current_setting('lock_timeout')"},
      .directory = {},
      .environment = Rung({}).environment,
      .program = "psql"};
  for (int i = 0; i < 3; ++i) EXPECT_EQ(test::Run(psql).out, "f|0\n");
}

TEST_P(ThroughPgBouncer, TheSettingsOfAFileHoldInItsUnitsAndNowhereElse) {
  test::Run(Rung({"up", "--to", "1"}));
  project_.Write("migrations/002_index.sql",
                 "CREATE SCHEMA app;\nSET search_path = app;\nBEGIN;\n"
                 "CREATE TABLE part (id int);\nCOMMIT;\nVACUUM part;\n"
                 "SELECT set_config('my.tenant', '7', false);\n"
                 "CREATE INDEX CONCURRENTLY part_id ON part (id);\n"
                 "CREATE TABLE seen AS SELECT current_setting('my.tenant') AS tenant;\n");
  project_.Write(
      "migrations/003_name.sql",
      "CREATE TABLE left_over AS SELECT current_setting('my.tenant', true) AS tenant;\n");
  const Result result = test::Run(Rung({"up"}));
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project_.database.Value("SELECT tenant FROM app.seen"), "7");
  EXPECT_EQ(project_.database.Value("SELECT indisvalid FROM pg_index WHERE indexrelid = "
                                    "'app.part_id'::regclass"),
            "t");
  EXPECT_EQ(project_.database.Value("SELECT coalesce(tenant, '') FROM public.left_over"), "");
}

// Behind a pooler the server's process is found by what it runs.
TEST_P(ThroughPgBouncer, AWaitNamesWhoIsInTheWay) {
  test::Run(Rung({"up", "--to", "1"}));
  pg::Connection application = project_.database.Connect("nightly report");
  application.Exec("BEGIN; INSERT INTO item VALUES (0, 1)");
  Command command = Rung({"up"});
  const std::string file = (project_.directory.path() / "told").string();
  command.arguments = {"-c", "exec \"$@\" 2>" + file, "sh", RungBinary().string(), "up"};
  command.program = "/bin/sh";
  Process process(command);
  EXPECT_TRUE(WaitUntil([&] {
    std::ifstream in(file);
    return std::string(std::istreambuf_iterator<char>(in), {}).find("(nightly report, user") !=
           std::string::npos;
  }));
  application.Exec("COMMIT");
  EXPECT_EQ(process.Wait().exit, 0);
}

}  // namespace
}  // namespace rung::test
