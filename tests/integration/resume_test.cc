// A file without a transaction whose run was killed under way: what is done is not done again, what is not
// is done, and where nothing can tell, a person is asked.

#include <gtest/gtest.h>

#include <csignal>
#include <regex>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/sealed.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Resume : public testing::Test {
 protected:
  Resume() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int, org text);\n"
                   "INSERT INTO item SELECT g, 'org_' || g FROM generate_series(1, 100) g;\n");
    project_.RunExpecting(0, {"up"});
  }

  void Write(const std::string& statements) {
    project_.Write("migrations/002_steps.sql", "-- rung: no-transaction\n" + statements);
  }

  std::string Up(int exit, std::vector<std::string> more = {}) {
    more.insert(more.begin(), "up");
    return Masked(project_, project_.RunExpecting(exit, more).err);
  }

  std::string Value(const std::string& sql) { return project_.database.Value(sql); }

  Rows HistoryRow() {
    return project_.database.Query(
        "SELECT state, statements_done, statements_total, statement_is_open FROM rung.migration "
        "WHERE version = '002'");
  }

  bool SessionsEnd() {
    return WaitUntil([&] {
      return Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "application_name LIKE 'rung %'") == "0";
    });
  }

  // Kills `up` while a statement waits for a transaction of the application, whose end lets the server
  // go on with it.
  void KillWhileBlocked(const std::string& by) {
    pg::Connection application = project_.database.Connect();
    application.Exec("BEGIN; " + by);
    Process process(project_.Rung({"up"}));
    ASSERT_TRUE(WaitUntil([&] {
      return Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "application_name = 'rung up' AND wait_event_type = 'Lock'") == "1";
    }));
    process.Signal(SIGKILL);
    process.Wait();
    application.Exec("COMMIT");
    ASSERT_TRUE(SessionsEnd());
  }

  // As a run that was killed there leaves the history.
  void LeaveOpen(int done) {
    project_.database.Query(
        "UPDATE rung.migration SET statement_is_open = true, error = NULL, statements_done = " +
        std::to_string(done) + " WHERE version = '002'");
    Seal(project_.database);
  }

  Project project_;
};

TEST_F(Resume, AsksAPersonAboutAStatementOfWhichNothingTells) {
  Gate gate(project_.database);
  project_.database.Query(
      "CREATE PROCEDURE refill() LANGUAGE plpgsql AS $$ BEGIN INSERT INTO item VALUES (101); "
      "COMMIT; PERFORM wait_at_gate(); END $$");
  Write("INSERT INTO item VALUES (102);\nCALL refill();\nINSERT INTO item VALUES (103);\n");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  process.Signal(SIGKILL);
  process.Wait();
  gate.Open();
  ASSERT_TRUE(SessionsEnd());
  EXPECT_EQ(HistoryRow(), (Rows{{"running", "1", "3", "t"}}));
  EXPECT_NE(
      project_.RunExpecting(0, {"status"})
          .out.find("after statement 1 of 3; statement 2 (migrations/002_steps.sql:3: CALL "
                    "refill()) was begun and its end is not known; `rung up` finds out, or asks\n"),
      std::string::npos);
  const std::string before = Fingerprint(project_.database);
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Up(1),
              R"(002_steps: going on at statement 2 of 3
rung: migrations/002_steps.sql:3: an earlier run was ended while this statement was under way, outside of a transaction
  CALL refill()
  state: statement 1 of 3 is done and kept; statement 2 may be done, or not, or in part; statement 3 has not run
  next:  look at what it should have done; then run it again with `--resume skip` if that is there, with `--resume rerun` if it is not
)");
  }
  EXPECT_EQ(Fingerprint(project_.database), before);
  EXPECT_EQ(Up(0, {"--resume", "skip"}), R"(002_steps: going on at statement 2 of 3
002_steps: 3/3 INSERT INTO item VALUES (103)
002_steps: applied, 3 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(project_.database.Query("SELECT id FROM item WHERE id > 100 ORDER BY 1"),
            (Rows{{"101"}, {"102"}, {"103"}}));
  EXPECT_EQ(project_.database.Query("SELECT subject, detail FROM rung.event WHERE kind = "
                                    "'statement skipped'"),
            (Rows{{"002_steps", "2/3 CALL refill()"}}));
}

TEST_F(Resume, RunsItAgainOnRequest) {
  Write("SELECT count(*) FROM item;\nSELECT nothing;\n");
  Up(1);
  Write("SELECT count(*) FROM item;\nSELECT 2;\n");
  LeaveOpen(1);
  EXPECT_EQ(Up(0, {"--resume", "rerun"}), R"(002_steps: going on at statement 2 of 2
002_steps: 2/2 SELECT 2
002_steps: applied, 2 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
}

TEST_F(Resume, AnAnswerToNoQuestionIsRefused) {
  const std::string before = Fingerprint(project_.database);
  for (const char* answer : {"skip", "rerun"}) {
    EXPECT_EQ(Up(2, {"--resume", answer}), R"(rung: --resume: no statement waits for an answer
  state: nothing was changed
  next:  run it again without --resume
)");
  }
  EXPECT_EQ(Up(2, {"--resume", "maybe"}), R"(rung: --resume: "maybe" is not known
  state: nothing was touched
  next:  use rerun, skip
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(Resume, RepeatsWhatMayBeRepeated) {
  Write("SELECT 1;\nVACUUM item;\n");
  KillWhileBlocked("LOCK TABLE item IN SHARE UPDATE EXCLUSIVE MODE");
  EXPECT_EQ(HistoryRow(), (Rows{{"running", "1", "2", "t"}}));
  EXPECT_EQ(Up(0), R"(002_steps: going on at statement 2 of 2
002_steps: 2/2 VACUUM item
002_steps: applied, 2 statements in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
}

// An INSERT commits with the record of it, though the file is none in one transaction.
TEST_F(Resume, NeverDoesAnOrdinaryStatementTwice) {
  Gate gate(project_.database);
  gate.Guard("item");
  project_.database.Query("CREATE TABLE hits (n int); INSERT INTO hits VALUES (0)");
  Write("UPDATE hits SET n = n + 1;\nUPDATE item SET org = 'x';\nUPDATE hits SET n = n + 10;\n");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  process.Signal(SIGKILL);
  process.Wait();
  gate.Open();
  ASSERT_TRUE(SessionsEnd());
  EXPECT_EQ(HistoryRow(), (Rows{{"running", "1", "3", "f"}}));
  Up(0);
  EXPECT_EQ(Value("SELECT n FROM hits"), "11");
}

TEST_F(Resume, GivesTheSessionItsSettingsBack) {
  Write(
      "CREATE SCHEMA app;\nSET search_path = app;\nSELECT set_config('my.tenant', '7', false);\n"
      "CREATE TABLE item (id int, tenant text DEFAULT current_setting('my.tenant'));\n"
      "SET LOCAL search_path = public;\nVACUUM nothing;\n");
  Up(1);
  Write(
      "CREATE SCHEMA app;\nSET search_path = app;\nSELECT set_config('my.tenant', '7', false);\n"
      "CREATE TABLE item (id int, tenant text DEFAULT current_setting('my.tenant'));\n"
      "SET LOCAL search_path = public;\nINSERT INTO item VALUES (1);\n"
      "CREATE INDEX CONCURRENTLY item_id ON item (id);\n");
  Up(0);
  EXPECT_EQ(project_.database.Query("SELECT * FROM app.item"), (Rows{{"1", "7"}}));
  EXPECT_EQ(Value("SELECT to_regclass('app.item_id') IS NULL"), "f");
}

TEST_F(Resume, WaitsForAStatementThatTheServerStillRuns) {
  Write("CREATE INDEX CONCURRENTLY item_org ON item (org);\n");
  pg::Connection application = project_.database.Connect();
  application.Exec("BEGIN; INSERT INTO item VALUES (0)");
  Process first(project_.Rung({"up"}));
  ASSERT_TRUE(WaitUntil([&] {
    return Value(
               "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE "
               "'waiting for writers%' AND datname = current_database()") == "1";
  }));
  first.Signal(SIGKILL);
  first.Wait();
  WatchedRun second(project_, {"up"});
  ASSERT_TRUE(second.WaitUntilTold("waiting for that to end"));
  application.Exec("COMMIT");
  EXPECT_EQ(second.Wait().exit, 0);
  EXPECT_EQ(
      std::regex_replace(Masked(project_, second.Told()), std::regex("pid [0-9]+ "), "pid <pid> "),
      R"(002_steps: applying 1 statement by itself
warning: migrations/002_steps.sql:2: an earlier run is gone, but pid <pid> still runs its statement: waiting for that to end
002_steps: applied, 1 statement in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(Value("SELECT indisvalid FROM pg_index WHERE indexrelid = 'item_org'::regclass"), "t");
}

TEST_F(Resume, FindsAnIndexThatTheServerHasNamed) {
  project_.database.Query("CREATE INDEX item_org_idx ON item (org)");
  Write("CREATE INDEX CONCURRENTLY ON item (org) WHERE org <> '';\n");
  KillWhileBlocked("INSERT INTO item VALUES (0)");
  // The server has built it to its end meanwhile.
  EXPECT_EQ(HistoryRow(), (Rows{{"running", "0", "1", "t"}}));
  Up(0);
  EXPECT_EQ(project_.database.Query("SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE "
                                    "indrelid = 'item'::regclass ORDER BY 1"),
            (Rows{{"item_org_idx", "t"}, {"item_org_idx1", "t"}}));
}

TEST_F(Resume, DropsAnInvalidIndexThatTheServerHasNamed) {
  project_.database.Query("CREATE INDEX item_org_idx ON item (org)");
  project_.database.Query("UPDATE item SET org = 'same'");
  Write("CREATE UNIQUE INDEX CONCURRENTLY ON item (org);\n");
  EXPECT_EQ(Up(1),
            R"(002_steps: applying 1 statement by itself
002_steps: 1/1 CREATE UNIQUE INDEX CONCURRENTLY ON item (org)
rung: migrations/002_steps.sql:2: could not create unique index "item_org_idx1" [23505]
  CREATE UNIQUE INDEX CONCURRENTLY ON item (org)
  detail: Key (org)=(same) is duplicated.
  left behind: index public.item_org_idx1, INVALID; the next run drops it
  state: no statement of this file is kept; statement 1 has failed
  next:  mend the file from line 2 on and run it again: it goes on at statement 1
)");
  EXPECT_NE(project_.RunExpecting(0, {"status"})
                .out.find("after statement 0 of 1; statement 1 (migrations/002_steps.sql:2: CREATE "
                          "UNIQUE INDEX CONCURRENTLY ON item (org)) failed: could not create "
                          "unique index \"item_org_idx1\" [23505]; mend it and run `rung up` to go "
                          "on there\n"),
            std::string::npos);
  project_.database.Query("UPDATE item SET org = 'org_' || id");
  EXPECT_EQ(Up(0), R"(002_steps: applying 1 statement by itself
warning: migrations/002_steps.sql:2: index public.item_org_idx1 is INVALID, left by an earlier try: dropping it to build it again
002_steps: 1/1 CREATE UNIQUE INDEX CONCURRENTLY ON item (org)
002_steps: applied, 1 statement in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(project_.database.Query("SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE "
                                    "indrelid = 'item'::regclass ORDER BY 1"),
            (Rows{{"item_org_idx", "t"}, {"item_org_idx1", "t"}}));
}

TEST_F(Resume, TakesAwayWhatAReindexLeft) {
  project_.database.Query("CREATE TABLE number (n int); CREATE INDEX number_n ON number (n)");
  Write("REINDEX TABLE CONCURRENTLY number;\n");
  pg::Connection application = project_.database.Connect();
  application.Exec("BEGIN; INSERT INTO number VALUES (0)");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(WaitUntil([&] {
    return Value(
               "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE "
               "'waiting for writers%' AND datname = current_database()") == "1";
  }));
  process.Signal(SIGTERM);
  const Result result = process.Wait(std::chrono::seconds(5));
  EXPECT_EQ(result.exit, 143);
  EXPECT_EQ(Masked(project_, result.err), R"(002_steps: applying 1 statement by itself
002_steps: 1/1 REINDEX TABLE CONCURRENTLY number
rung: migrations/002_steps.sql: interrupted
  left behind: index public.number_n_ccnew, INVALID; the next run drops it
  state: no statement of this file is kept; statement 1 was cancelled
  next:  run it again, it goes on from here
)");
  application.Exec("COMMIT");
  EXPECT_EQ(Up(0), R"(002_steps: applying 1 statement by itself
warning: migrations/002_steps.sql:2: index public.number_n_ccnew is INVALID, left by an earlier try: dropping it
002_steps: 1/1 REINDEX TABLE CONCURRENTLY number
002_steps: applied, 1 statement in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(project_.database.Query("SELECT indexrelid::regclass, indisvalid FROM pg_index WHERE "
                                    "indrelid = 'number'::regclass"),
            (Rows{{"number_n", "t"}}));
}

TEST_F(Resume, FinishesAPartitionThatIsHalfDetached) {
  project_.database.Query(
      "CREATE TABLE log (day int) PARTITION BY RANGE (day); "
      "CREATE TABLE log_1 PARTITION OF log FOR VALUES FROM (1) TO (2)");
  Write("ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY;\n");
  pg::Connection application = project_.database.Connect();
  application.Exec("BEGIN; SELECT * FROM log");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(WaitUntil([&] {
    return Value("SELECT inhdetachpending FROM pg_inherits WHERE inhrelid = 'log_1'::regclass") ==
           "t";
  }));
  process.Signal(SIGINT);
  const Result result = process.Wait(std::chrono::seconds(5));
  EXPECT_EQ(result.exit, 130);
  EXPECT_EQ(Masked(project_, result.err), R"(002_steps: applying 1 statement by itself
002_steps: 1/1 ALTER TABLE log DETACH PARTITION log_1 CONCURRENTLY
rung: migrations/002_steps.sql: interrupted
  left behind: the partition, half detached; the next run finishes that (ALTER TABLE "log" DETACH PARTITION "log_1" FINALIZE)
  state: no statement of this file is kept; statement 1 was cancelled
  next:  run it again, it goes on from here
)");
  application.Exec("COMMIT");
  EXPECT_EQ(Up(0), R"(002_steps: applying 1 statement by itself
warning: migrations/002_steps.sql:2: an earlier try left the partition half detached: finishing that
002_steps: applied, 1 statement in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
  EXPECT_EQ(Value("SELECT count(*) FROM pg_inherits WHERE inhrelid = 'log_1'::regclass"), "0");
}

TEST_F(Resume, KnowsAnIndexThatIsDroppedAlready) {
  project_.database.Query("CREATE INDEX item_org ON item (org)");
  Write("DROP INDEX CONCURRENTLY item_org;\n");
  KillWhileBlocked("SELECT * FROM item WHERE org = 'org_1'");
  EXPECT_EQ(HistoryRow(), (Rows{{"running", "0", "1", "t"}}));
  EXPECT_EQ(Up(0), R"(002_steps: applying 1 statement by itself
002_steps: applied, 1 statement in <duration>
up to date: 2 migrations applied, 0 backfills complete
)");
}

}  // namespace
}  // namespace rung::test
