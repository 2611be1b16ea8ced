// CREATE INDEX CONCURRENTLY, interrupted or failed, leaves an INVALID index: found and built again.

#include <gtest/gtest.h>

#include <csignal>

#include "integration/masked.h"
#include "integration/sealed.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class ConcurrentIndex : public testing::Test {
 protected:
  ConcurrentIndex() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int PRIMARY KEY, org text);\n"
                   "INSERT INTO item SELECT g, 'org' FROM generate_series(1, 100) g;\n");
    project_.RunExpecting(0, {"up"});
  }

  void WriteIndex(const std::string& statement) {
    project_.Write("migrations/002_index.sql",
                   "-- Two steps.\nCREATE TABLE part (id int);\n\n" + statement + ";\n");
  }

  // The indexes beside the primary key, and whether they are valid.
  Rows Indexes() {
    return project_.database.Query(
        "SELECT c.relname, i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE i.indrelid = 'item'::regclass AND NOT i.indisprimary ORDER BY 1");
  }

  Rows HistoryRow() {
    return project_.database.Query(
        "SELECT state, statements_done, statements_total, statement_is_open FROM "
        "rung.migration WHERE version = '002'");
  }

  // Runs `up` into the wait for a transaction that the test holds, and ends it there with a signal.
  Result Interrupt(int signal) {
    pg::Connection application = project_.database.Connect();
    application.Exec("BEGIN; INSERT INTO item VALUES (0)");
    Process process(project_.Rung({"up"}));
    EXPECT_TRUE(WaitUntil([&] {
      return project_.database.Value(
                 "SELECT count(*) FROM pg_stat_progress_create_index WHERE datname = "
                 "current_database() AND phase LIKE 'waiting for writers%'") == "1";
    }));
    process.Signal(signal);
    Result result = process.Wait(std::chrono::seconds(5));
    if (signal == SIGKILL) {  // the server does not notice before the lock is given
      application.Exec("COMMIT");
      EXPECT_TRUE(WaitUntil([&] {
        return project_.database.Value(
                   "SELECT count(*) FROM pg_stat_activity WHERE datname = "
                   "current_database() AND application_name LIKE 'rung %'") == "0";
      }));
    }
    return result;
  }

  void ExpectThatTheRerunRebuilds() {
    EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
              R"(002_index: going on at statement 2 of 2
warning: migrations/002_index.sql:4: index public.item_org is INVALID, left by an earlier try: dropping it to build it again
002_index: 2/2 CREATE INDEX CONCURRENTLY item_org ON item (org)
002_index: applied, 2 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
    EXPECT_EQ(Indexes(), (Rows{{"item_org", "t"}}));
    EXPECT_EQ(HistoryRow(), (Rows{{"applied", "2", "2", "f"}}));
  }

  Project project_;
};

TEST_F(ConcurrentIndex, IsBuiltOutsideOfATransactionWithTheStatementsAroundItKept) {
  WriteIndex("CREATE INDEX CONCURRENTLY item_org ON item (org)");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
            R"(002_index: applying 2 statements one by one
002_index: 2/2 CREATE INDEX CONCURRENTLY item_org ON item (org)
002_index: applied, 2 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "t"}}));
}

TEST_F(ConcurrentIndex, InterruptedByASignalIsRebuiltByTheRerun) {
  WriteIndex("CREATE INDEX CONCURRENTLY item_org ON item (org)");
  const Result result = Interrupt(SIGTERM);
  EXPECT_EQ(result.exit, 143);
  EXPECT_EQ(result.err, R"(002_index: applying 2 statements one by one
002_index: 2/2 CREATE INDEX CONCURRENTLY item_org ON item (org)
rung: migrations/002_index.sql: interrupted
  left behind: index public.item_org, INVALID; the next run drops it
  state: statement 1 of 2 is done and kept; statement 2 was cancelled
  next:  run it again, it goes on from here
)");
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "f"}}));
  EXPECT_EQ(HistoryRow(), (Rows{{"running", "1", "2", "f"}}));
  ExpectThatTheRerunRebuilds();
}

TEST_F(ConcurrentIndex, WithIfNotExistsIsNotTakenForDoneWhileItIsInvalid) {
  WriteIndex("CREATE INDEX CONCURRENTLY IF NOT EXISTS item_org ON item (org)");
  EXPECT_EQ(Interrupt(SIGINT).exit, 130);
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "f"}}));
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "t"}}));
}

TEST_F(ConcurrentIndex, IsFoundInAnotherSchemaAndUnderAQuotedName) {
  project_.database.Query(
      "CREATE SCHEMA \"My app\"; CREATE TABLE \"My app\".\"Item\" (id int, \"Org\" text); "
      "INSERT INTO \"My app\".\"Item\" VALUES (1, 'a'), (2, 'a')");
  WriteIndex("CREATE UNIQUE INDEX CONCURRENTLY \"Item org\" ON \"My app\".\"Item\" (\"Org\")");
  project_.RunExpecting(1, {"up"});
  project_.database.Query("DELETE FROM \"My app\".\"Item\" WHERE id = 2");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(
      project_.database.Value(
          "SELECT indisvalid FROM pg_index WHERE indexrelid = '\"My app\".\"Item org\"'::regclass"),
      "t");
}

TEST_F(ConcurrentIndex, LeftByAKilledRunIsBuiltToItsEndOrAgain) {
  WriteIndex("CREATE INDEX CONCURRENTLY item_org ON item (org)");
  EXPECT_EQ(Interrupt(SIGKILL).exit, 137);
  EXPECT_EQ(HistoryRow(), (Rows{{"running", "1", "2", "t"}}));
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "t"}}));
  EXPECT_EQ(HistoryRow(), (Rows{{"applied", "2", "2", "f"}}));
}

TEST_F(ConcurrentIndex, ThatIsValidAlreadyWhenOnlyItsRecordIsMissingIsRecorded) {
  WriteIndex("CREATE INDEX CONCURRENTLY item_org ON item (org)");
  project_.RunExpecting(0, {"up"});
  project_.database.Query(
      "UPDATE rung.migration SET state = 'running', statements_done = 1, applied_at = NULL, "
      "statement_is_open = true, done_checksum = encode(sha256(E'-- Two steps.\\nCREATE TABLE part "
      "(id int)'::bytea || '\\x00'), 'hex') "
      "WHERE version = '002'");
  Seal(project_.database);
  const std::string index = project_.database.Value("SELECT 'item_org'::regclass::oid");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT 'item_org'::regclass::oid"), index);
  EXPECT_EQ(HistoryRow(), (Rows{{"applied", "2", "2", "f"}}));
}

TEST_F(ConcurrentIndex, ThatFailsForItsRowsIsToldAndRebuiltWhenTheyAreMended) {
  WriteIndex("CREATE UNIQUE INDEX CONCURRENTLY item_org ON item (org)");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {"up"}).err),
            R"(002_index: applying 2 statements one by one
002_index: 2/2 CREATE UNIQUE INDEX CONCURRENTLY item_org ON item (org)
rung: migrations/002_index.sql:4: could not create unique index "item_org" [23505]
  CREATE UNIQUE INDEX CONCURRENTLY item_org ON item (org)
  detail: Key (org)=(org) is duplicated.
  left behind: index public.item_org, INVALID; the next run drops it
  state: statement 1 of 2 is done and kept; statement 2 has failed
  next:  mend the file from line 4 on and run it again: it goes on at statement 2
)");
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "f"}}));
  project_.database.Query("UPDATE item SET org = 'org_' || id");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "t"}}));
}

TEST_F(ConcurrentIndex, IsNotLimitedByTheTimeoutsOfTheDatabase) {
  project_.database.Query("ALTER DATABASE " + project_.database.name() +
                          " SET statement_timeout = '250ms'");
  project_.database.Query("ALTER DATABASE " + project_.database.name() +
                          " SET lock_timeout = '250ms'");
  WriteIndex("CREATE INDEX CONCURRENTLY item_org ON item (org)");
  pg::Connection application = project_.database.Connect();
  application.Exec("SET statement_timeout = 0; BEGIN; INSERT INTO item VALUES (0)");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(WaitUntil([&] {
    return process.IsOver() ||
           project_.database.Value(
               "SELECT count(*) FROM pg_stat_progress_create_index p JOIN pg_stat_activity a "
               "USING (pid) WHERE p.datname = current_database() AND "
               "a.query_start < clock_timestamp() - interval '400 ms'") == "1";
  }));
  application.Exec("COMMIT");
  const Result result = process.Wait();
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(Indexes(), (Rows{{"item_org", "t"}}));
}

}  // namespace
}  // namespace rung::test
