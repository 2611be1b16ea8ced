// SIGTERM and SIGINT in the middle of the work: out within five seconds, everything committed kept, and
// the next run goes on.

#include <gtest/gtest.h>

#include <csignal>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/masked.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr std::chrono::seconds kSoon{5};

class Signals : public testing::TestWithParam<int> {
 protected:
  // Waits until a session of rung runs this.
  bool WaitUntilRunning(const std::string& query) {
    return WaitUntil([&] {
      return project_.database.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "application_name LIKE 'rung %' AND state = 'active' AND query LIKE '%" +
                 query + "%'") != "0";
    });
  }

  bool WaitUntilBlocked() {
    return WaitUntil([&] {
      return project_.database.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "application_name LIKE 'rung %' AND wait_event_type = 'Lock'") != "0";
    });
  }

  // No session of rung is left behind, at work or idle in a transaction.
  bool SessionsEnd() {
    return WaitUntil([&] {
      return project_.database.Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "application_name LIKE 'rung %'") == "0";
    });
  }

  int ExpectedExit() { return GetParam() == SIGINT ? 130 : 143; }

  Project project_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, Signals, testing::Values(SIGTERM, SIGINT),
                         [](const auto& parameter) {
                           return parameter.param == SIGINT ? "SIGINT" : "SIGTERM";
                         });

TEST_P(Signals, InTheMiddleOfAMigrationRollItBackAndTheRerunAppliesIt) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int PRIMARY KEY);\n");
  project_.RunExpecting(0, {"up"});
  const std::string before = Fingerprint(project_.database);
  project_.Write(
      "migrations/002_slow.sql",
      "ALTER TABLE item ADD COLUMN name text;\n"
      "SELECT pg_sleep(60) WHERE NOT EXISTS (SELECT FROM pg_tables WHERE tablename = 'hurry');\n");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(WaitUntilRunning("SELECT pg_sleep(60)"));
  process.Signal(GetParam());
  const Result result = process.Wait(kSoon);
  EXPECT_EQ(result.exit, ExpectedExit());
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, R"(rung: migrations/002_slow.sql: interrupted
  state: this file is rolled back; everything before it is applied
  next:  run it again, it goes on from here
)");
  EXPECT_TRUE(SessionsEnd());
  EXPECT_EQ(Fingerprint(project_.database), before);

  project_.database.Query("CREATE TABLE hurry ()");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
            "002_slow: applied, 2 statements in <duration>\n"
            "up to date: 2 migrations applied, 0 backfills complete\n");
}

TEST_P(Signals, WhileAMigrationWaitsForALockEndItAtOnce) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int PRIMARY KEY);\n");
  project_.RunExpecting(0, {"up"});
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN name text;\n");
  const std::string before = Fingerprint(project_.database);
  pg::Connection holder = project_.database.Connect();
  holder.Exec("BEGIN; LOCK TABLE item IN ACCESS SHARE MODE");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(WaitUntilRunning("ALTER TABLE item"));
  process.Signal(GetParam());
  const Result result = process.Wait(kSoon);
  EXPECT_EQ(result.exit, ExpectedExit());
  EXPECT_EQ(result.err, R"(rung: migrations/002_name.sql: interrupted
  state: this file is rolled back; everything before it is applied
  next:  run it again, it goes on from here
)");
  EXPECT_TRUE(SessionsEnd());
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_P(Signals, BetweenTheStatementsOfANoTransactionFileKeepThoseThatAreDone) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int PRIMARY KEY);\n");
  project_.RunExpecting(0, {"up"});
  Gate gate(project_.database);
  project_.Write("migrations/002_steps.sql",
                 "-- rung: no-transaction\nINSERT INTO item VALUES (1);\n\nSELECT "
                 "wait_at_gate();\n\nINSERT INTO item VALUES (2);\n");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  process.Signal(GetParam());
  const Result result = process.Wait(kSoon);
  EXPECT_EQ(result.exit, ExpectedExit());
  EXPECT_EQ(result.err, R"(002_steps: applying 3 statements one by one
002_steps: 1/3 INSERT INTO item VALUES (1)
002_steps: 2/3 SELECT wait_at_gate()
rung: migrations/002_steps.sql: interrupted
  state: statement 1 of 3 is done and kept; statement 2 was cancelled; statement 3 has not run
  next:  run it again, it goes on from here
)");
  EXPECT_TRUE(SessionsEnd());
  EXPECT_EQ(project_.database.Query(
                "SELECT state, statements_done, statement_is_open, error FROM rung.migration "
                "WHERE version = '002'"),
            (Rows{{"running", "1", "f", "canceling statement due to user request [57014]"}}));
  gate.Open();
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
            R"(002_steps: going on at statement 2 of 3
002_steps: 2/3 SELECT wait_at_gate()
002_steps: 3/3 INSERT INTO item VALUES (2)
002_steps: applied, 3 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(project_.database.Query("SELECT id FROM item ORDER BY id"), (Rows{{"1"}, {"2"}}));
}

TEST_P(Signals, EndAReportThatWaits) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int, org text);\n");
  project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"item\"\nset = { org = \"'x'\" }\n");
  project_.RunExpecting(0, {"migrate"});
  pg::Connection holder = project_.database.Connect();
  holder.Exec("BEGIN; LOCK TABLE item");
  for (const char* command : {"report", "plan"}) {
    Process process(project_.Rung({command}));
    ASSERT_TRUE(WaitUntilBlocked());
    process.Signal(GetParam());
    const Result result = process.Wait(kSoon);
    EXPECT_EQ(result.exit, ExpectedExit()) << command << result.err;
    EXPECT_EQ(result.out, "");
    EXPECT_TRUE(SessionsEnd());
  }
}

// Somebody keeps rung's own tables to himself.
TEST_P(Signals, EndARunThatWaitsForItsOwnTables) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  project_.RunExpecting(0, {"up"});
  pg::Connection holder = project_.database.Connect();
  holder.Exec("BEGIN; LOCK TABLE rung.migration");
  for (const char* command : {"up", "status"}) {
    Process process(project_.Rung({command}));
    ASSERT_TRUE(WaitUntilRunning("migration"));
    process.Signal(GetParam());
    const Result result = process.Wait(kSoon);
    EXPECT_EQ(result.exit, ExpectedExit()) << command;
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, R"(rung: interrupted
  state: everything committed so far is kept
  next:  run it again
)") << command;
    EXPECT_TRUE(SessionsEnd());
  }
}

class SignalsInABatch : public Signals {
 protected:
  SignalsInABatch() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE item (id int PRIMARY KEY, org text, touched int NOT NULL DEFAULT 0);
INSERT INTO item (id) SELECT generate_series(1, 4000);
CREATE FUNCTION count_touch() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN NEW.touched := OLD.touched + 1; RETURN NEW; END $$;
CREATE TRIGGER count_touch BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION count_touch();
ANALYZE item;
)");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
    project_.RunExpecting(0, {"migrate"});
  }

  std::string Filled() { return project_.database.Value("SELECT count(org) FROM item"); }

  std::string Recorded() {
    return project_.database.Value(
        "SELECT (SELECT sum(rows_filled) FROM rung.fill) + (SELECT coalesce(sum(rows_filled), 0) "
        "FROM rung.chunk)");
  }

  void ExpectThatTheRerunFinishes() {
    project_.RunExpecting(0, {"backfill"});
    EXPECT_EQ(project_.database.Query("SELECT org IS NOT DISTINCT FROM 'org_' || id, touched, "
                                      "count(*) FROM item GROUP BY 1, 2"),
              (Rows{{"t", "1", "4000"}}));
    EXPECT_EQ(Recorded(), "4000");
  }
};

INSTANTIATE_TEST_SUITE_P(Kinds, SignalsInABatch, testing::Values(SIGTERM, SIGINT),
                         [](const auto& parameter) {
                           return parameter.param == SIGINT ? "SIGINT" : "SIGTERM";
                         });

TEST_P(SignalsInABatch, ThatHangsCancelItAndKeepTheBatchesBefore) {
  // Some row of a later batch is held by the application.
  pg::Connection application = project_.database.Connect();
  application.Exec("BEGIN; SELECT FROM item WHERE id = 4000 FOR UPDATE");
  Process process(project_.Rung({"backfill", "--jobs", "2"}));
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_locks WHERE NOT granted AND "
               "pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
               "AND application_name = 'rung backfill')") != "0";
  }));
  process.Signal(GetParam());
  const Result result = process.Wait(kSoon);
  EXPECT_EQ(result.exit, ExpectedExit());
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(Masked(project_, result.err),
            R"(warning: 001_org: item: trigger count_touch fires: BEFORE UPDATE, each row
001_org: 1 of 1 tables to fill, 2 workers
rung: 001_org: interrupted
  state: everything committed so far is kept
  next:  run it again, it goes on from here
)");
  EXPECT_TRUE(SessionsEnd());
  EXPECT_EQ(Filled(), Recorded());
  EXPECT_NE(Filled(), "4000");
  application.Exec("COMMIT");
  ExpectThatTheRerunFinishes();
}

TEST_P(SignalsInABatch, ThatEndsByItselfKeepIt) {
  project_.database.Query(R"(
    CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$;
    CREATE TRIGGER be_slow AFTER UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION be_slow())");
  Process process(project_.Rung({"backfill"}));
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event = "
               "'PgSleep' AND datname = current_database()") != "0";
  }));
  process.Signal(GetParam());
  EXPECT_EQ(process.Wait(kSoon).exit, ExpectedExit());
  EXPECT_TRUE(SessionsEnd());
  EXPECT_NE(Filled(), "0");
  EXPECT_NE(Filled(), "4000");
  EXPECT_EQ(Filled(), Recorded());
  project_.database.Query("DROP TRIGGER be_slow ON item");
  ExpectThatTheRerunFinishes();
}

}  // namespace
}  // namespace rung::test
