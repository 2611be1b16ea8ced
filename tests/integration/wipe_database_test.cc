// Emptying the tenant tables: what it does, what it shows, what it leaves behind.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/tenants.h"
#include "integration/watched_run.h"
#include "integration/wiped.h"
#include "support/wait.h"

namespace rung::test {
namespace {

constexpr const char* kUntouched = "org 2, member 3, plan 2, note 1";
constexpr const char* kWiped = "org 0, member 0, plan 2, note 1";

class WipeDatabase : public testing::Test {
 protected:
  std::string Value(const std::string& sql) { return wipe_.project.database.Value(sql); }
  void Query(const std::string& sql) { wipe_.project.database.Query(sql); }

  // A wipe that fails with this exit status, has emptied nothing, and leaves no dump.
  std::string Failure(int exit, std::vector<std::string> further = {}) {
    const Result result = test::Run(wipe_.Confirmed(std::move(further)));
    EXPECT_EQ(result.exit, exit) << result.out << result.err;
    EXPECT_EQ(wipe_.Rows(), kUntouched);
    return wipe_.Shown(result.err);
  }

  WipeProject wipe_;
};

TEST_F(WipeDatabase, EmptiesTheListedTablesAndRecordsIt) {
  const Result result = test::Run(wipe_.Confirmed({"--backup", "before.dump"}));
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(wipe_.Rows(), kWiped);
  EXPECT_EQ(wipe_.Shown(result.out), R"(<target>
project reference: <database>
system_identifier: <identifier>

table          rows   size
-------------  ----  -----
public.org        2  32 kB
public.member     3  32 kB
-------------  ----  -----
2 tables          5  64 kB

2 sequences start again. Kept as they are: 2 tables with 3 rows.
)");
  EXPECT_EQ(Value("SELECT kind || ': ' || subject || ': ' || regexp_replace(detail, '\\d+ bytes', "
                  "'N bytes') || ': ' || data FROM rung.event"),
            "database wiped: " + wipe_.project.database.name() +
                ": 2 tables, 5 rows; backup before.dump, N bytes, listed by pg_restore: {\"rows\": "
                "{\"public.org\": 2, \"public.member\": 3}}");
  Query("INSERT INTO org (plan) VALUES ('free'); INSERT INTO member (org_id) VALUES (1)");
  EXPECT_EQ(Value("SELECT org.id || ' ' || member.id FROM org, member"), "1 1");
}

TEST_F(WipeDatabase, TakesABackupThatBringsEverythingBack) {
  ASSERT_EQ(test::Run(wipe_.Confirmed()).exit, 0);
  const auto dumps = wipe_.Dumps();
  ASSERT_EQ(dumps.size(), 1u);
  const std::filesystem::path dump = wipe_.project.directory.path() / dumps.front();
  struct stat status {};
  ASSERT_EQ(stat(dump.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  TestDatabase restored;
  const Result restore = test::Run({.arguments = {"--dbname=" + restored.name(), dump.string()},
                                    .directory = {},
                                    .environment = {},
                                    .program = "pg_restore"});
  EXPECT_EQ(restore.exit, 0) << restore.err;
  EXPECT_EQ(restored.Query("SELECT * FROM member ORDER BY id").size(), 3u);
  EXPECT_EQ(
      restored.Query("SELECT * FROM org ORDER BY id"),
      (std::vector<std::vector<std::string>>{{"1", "free", "org_a"}, {"2", "paid", "org_b"}}));
  EXPECT_EQ(restored.Value("SELECT text FROM note"), "keep me");
}

TEST_F(WipeDatabase, IsConfirmedByTypingTheReferenceAtATerminal) {
  Command command = wipe_.Wipe();
  command.in_terminal = true;
  command.typed = wipe_.project.database.name() + "\n";
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.out;
  EXPECT_NE(result.out.find("Type the project reference to go on: "), std::string::npos);
  EXPECT_EQ(wipe_.Rows(), kWiped);
}

TEST_F(WipeDatabase, WithoutABackupSaysSoInTheRecord) {
  ASSERT_EQ(test::Run(wipe_.Confirmed({"--no-backup"})).exit, 0);
  EXPECT_EQ(Value("SELECT detail FROM rung.event"), "2 tables, 5 rows; no backup (--no-backup)");
  EXPECT_TRUE(wipe_.Dumps().empty());
}

TEST_F(WipeDatabase, HasNothingToDoASecondTime) {
  ASSERT_EQ(test::Run(wipe_.Confirmed()).exit, 0);
  const std::string before = Fingerprint(wipe_.project.database);
  const Result again = test::Run(wipe_.Wipe());
  EXPECT_EQ(again.exit, 0);
  EXPECT_EQ(again.err, "nothing to do: every table is empty, and every sequence at its start\n");
  EXPECT_EQ(Fingerprint(wipe_.project.database), before);
  EXPECT_EQ(wipe_.Dumps().size(), 1u);
}

TEST_F(WipeDatabase, AsADryRunShowsEverythingAndChangesNothing) {
  Query(R"(
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER told AFTER TRUNCATE ON org FOR EACH STATEMENT EXECUTE FUNCTION nothing();
CREATE PUBLICATION live FOR TABLE member;)");
  pg::Connection app = wipe_.project.database.Connect("backend");
  app.Exec("BEGIN; SELECT 1");
  const std::string before = Fingerprint(wipe_.project.database);
  Command command = wipe_.project.Rung({"wipe", "database", "--dry-run"});
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(result.err, "");
  const std::string shown = wipe_.Shown(result.out);
  const size_t at = shown.find("2 sequences");
  ASSERT_NE(at, std::string::npos) << shown;
  EXPECT_EQ(shown.substr(at), R"(2 sequences start again. Kept as they are: 2 tables with 3 rows.
Triggers that fire on TRUNCATE:
  public.org: told
Publications that pass it on:
  live: public.member
Sessions at work now:
  1 of backend (user )" + Value("SELECT current_user") +
                                  R"(): idle in transaction
)");
  EXPECT_EQ(Fingerprint(wipe_.project.database), before);
}

TEST_F(WipeDatabase, RefusesACascadeToAKeptTableTwoForeignKeysAway) {
  Query(R"(
CREATE TABLE invoice (id int PRIMARY KEY, member_id int REFERENCES member);
CREATE TABLE line (invoice_id int REFERENCES invoice);
INSERT INTO invoice VALUES (1, 1);
INSERT INTO line VALUES (1);)");
  const std::string before = Fingerprint(wipe_.project.database);
  const std::string refusal =
      R"(rung: scripts/wipe_all_user_data.sql: public.invoice refers to public.member (invoice_member_id_fkey)
rung: scripts/wipe_all_user_data.sql: public.line refers to public.invoice (line_invoice_id_fkey), which refers to public.member (invoice_member_id_fkey)
  state: nothing was emptied: TRUNCATE would need CASCADE, and that empties these too
  next:  add the tables to the list if they are to be emptied, or drop the foreign keys
)";
  EXPECT_EQ(Failure(1), refusal);
  EXPECT_EQ(Failure(1, {"--dry-run"}), refusal);
  EXPECT_EQ(Fingerprint(wipe_.project.database), before);
  EXPECT_TRUE(wipe_.Dumps().empty());
}

TEST_F(WipeDatabase, RefusesAForeignKeyAddedBetweenPlanAndWipe) {
  pg::Connection app = wipe_.project.database.Connect("backend");
  app.Exec("BEGIN; LOCK TABLE org IN ACCESS SHARE MODE");
  Process wipe(wipe_.Confirmed({"--no-backup", "--lock-timeout", "60s"}));
  ASSERT_TRUE(WaitUntil([&] {
    return Value(
               "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = "
               "'AccessExclusiveLock'") == "1";
  }));
  Query("CREATE TABLE late (member_id int REFERENCES member); INSERT INTO late VALUES (1)");
  app.Exec("COMMIT");
  const Result result = wipe.Wait();
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(
      result.err,
      R"(rung: scripts/wipe_all_user_data.sql: public.late refers to public.member (late_member_id_fkey)
  state: nothing was emptied: TRUNCATE would need CASCADE, and that empties these too
  next:  add the tables to the list if they are to be emptied, or drop the foreign keys
)");
  EXPECT_EQ(wipe_.Rows(), kUntouched);
  EXPECT_EQ(Value("SELECT count(*) FROM late"), "1");
}

TEST_F(WipeDatabase, RefusesRowsWrittenSinceTheBackup) {
  pg::Connection app = wipe_.project.database.Connect("backend");
  app.Exec("BEGIN; INSERT INTO member (org_id) VALUES (2)");
  Process wipe(wipe_.Confirmed({"--lock-timeout", "60s"}));
  ASSERT_TRUE(WaitUntil([&] {
    return Value(
               "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = "
               "'AccessExclusiveLock'") == "1";
  }));
  app.Exec("COMMIT");
  const Result result = wipe.Wait();
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.err.find(
                "rung: public.member: has 4 rows, and had 3 before the backup\n"
                "  state: nothing was emptied\n"
                "  next:  put the application into maintenance, so that nothing writes, and run it "
                "again\n"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(wipe_.Rows(), "org 2, member 4, plan 2, note 1");
}

// As many rows as before, and one of them is in no backup.
TEST_F(WipeDatabase, RefusesRowsChangedSinceTheBackup) {
  pg::Connection app = wipe_.project.database.Connect("backend");
  app.Exec("BEGIN; UPDATE member SET org_id = 2");
  Process wipe(wipe_.Confirmed({"--lock-timeout", "60s"}));
  ASSERT_TRUE(WaitUntil([&] {
    return Value(
               "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = "
               "'AccessExclusiveLock'") == "1";
  }));
  app.Exec("COMMIT");
  const Result result = wipe.Wait();
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(result.err.find("rung: public.member: has other rows than before the backup\n"
                            "  state: nothing was emptied\n"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(wipe_.Rows(), kUntouched);
}

TEST_F(WipeDatabase, RefusesTablesOfThePlatformAndThoseThatAreNone) {
  Query(
      "CREATE SCHEMA auth; CREATE TABLE auth.users (id int); INSERT INTO auth.users VALUES (1);"
      "CREATE VIEW seen AS SELECT 1 AS one");
  wipe_.project.Write("scripts/wipe_all_user_data.sql",
                      "TRUNCATE auth.users, seen, gone, org, member RESTART IDENTITY;\n");
  EXPECT_EQ(
      Failure(1),
      R"(rung: scripts/wipe_all_user_data.sql: auth.users: the schema auth belongs to the platform and is never wiped
rung: scripts/wipe_all_user_data.sql: public.seen: is not a table
rung: scripts/wipe_all_user_data.sql: "gone": no such table
  state: nothing was emptied
  next:  connect to the right database as the tables' owner, or correct the list
)");
  EXPECT_EQ(Value("SELECT count(*) FROM auth.users"), "1");
}

TEST_F(WipeDatabase, RefusesAPartitionOnAnotherServer) {
  Query(R"(
CREATE FOREIGN DATA WRAPPER far; CREATE SERVER far FOREIGN DATA WRAPPER far;
CREATE TABLE log (day int) PARTITION BY LIST (day);
CREATE FOREIGN TABLE log_far PARTITION OF log FOR VALUES IN (1) SERVER far;)");
  wipe_.project.Write("scripts/wipe_all_user_data.sql", "TRUNCATE log RESTART IDENTITY;\n");
  EXPECT_EQ(
      Failure(1),
      R"(rung: scripts/wipe_all_user_data.sql: public.log_far: is a foreign table: it would be emptied on another server
  state: nothing was emptied
  next:  connect to the right database as the tables' owner, or correct the list
)");
}

TEST_F(WipeDatabase, EmptiesPartitionsWithTheirTable) {
  Query(R"(
CREATE TABLE log (day int) PARTITION BY LIST (day);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1);
CREATE TABLE log_2 PARTITION OF log FOR VALUES IN (2);
INSERT INTO log VALUES (1), (1), (2);)");
  wipe_.project.Write("scripts/wipe_all_user_data.sql",
                      "TRUNCATE log, org, member RESTART IDENTITY;\n");
  const Result result = test::Run(wipe_.Confirmed());
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(Value("SELECT count(*) FROM log"), "0");
  EXPECT_EQ(wipe_.Rows(), kWiped);
}

TEST_F(WipeDatabase, UndoesItselfWhereATriggerWritesToAKeptTable) {
  Query(R"(
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO note VALUES ('emptied'); RETURN NULL; END $$;
CREATE TRIGGER told AFTER TRUNCATE ON org FOR EACH STATEMENT EXECUTE FUNCTION tell();)");
  EXPECT_EQ(Failure(1, {"--no-backup"}),
            R"(rung: public.note: is to be kept, and would have other rows afterwards
  state: nothing was emptied
  next:  look for a trigger on TRUNCATE that writes there
)");
  EXPECT_EQ(Value("SELECT count(*) FROM rung.event"), "0");
}

TEST_F(WipeDatabase, UndoesItselfWhereATriggerFillsATableAgain) {
  Query(R"(
CREATE FUNCTION fill() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN INSERT INTO org (plan) VALUES ('free'); RETURN NULL; END $$;
CREATE TRIGGER filled AFTER TRUNCATE ON member FOR EACH STATEMENT EXECUTE FUNCTION fill();)");
  EXPECT_EQ(Failure(1, {"--no-backup"}), R"(rung: public.org: still has 1 rows
rung: public.org_id_seq: did not start again
  state: nothing was emptied
  next:  look for a trigger on TRUNCATE that writes
)");
}

class GuardedWipe : public WipeDatabase {
 protected:
  GuardedWipe() : gate_(wipe_.project.database) {
    Query(
        "CREATE TRIGGER gate AFTER TRUNCATE ON org FOR EACH STATEMENT "
        "EXECUTE FUNCTION stand_at_gate()");
  }

  Gate gate_;
};

TEST_F(GuardedWipe, LetsOthersWriteToKeptTables) {
  Process wipe(wipe_.Confirmed());
  ASSERT_TRUE(gate_.WaitUntilReached());
  Query("INSERT INTO note VALUES ('by another')");
  gate_.Open();
  const Result result = wipe.Wait();
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(wipe_.Rows(), "org 0, member 0, plan 2, note 2");
}

TEST_F(GuardedWipe, EmptiesNothingWhenItIsKilledBeforeItsCommit) {
  Process wipe(wipe_.Confirmed());
  ASSERT_TRUE(gate_.WaitUntilReached());
  wipe.Signal(SIGKILL);
  EXPECT_EQ(wipe.Wait().exit, 137);
  gate_.Open();
  EXPECT_EQ(wipe_.Rows(), kUntouched);  // waits for the locks that the killed session has
  EXPECT_EQ(Value("SELECT count(*) FROM rung.event"), "0");
  EXPECT_EQ(Value("SELECT last_value FROM org_id_seq"), "2");
}

TEST_F(GuardedWipe, EmptiesNothingWhenItIsInterrupted) {
  Process wipe(wipe_.Confirmed());
  ASSERT_TRUE(gate_.WaitUntilReached());
  wipe.Signal(SIGTERM);
  const Result result = wipe.Wait();
  EXPECT_EQ(result.exit, 143);
  EXPECT_TRUE(
      result.err.ends_with("rung: interrupted\n  state: nothing was emptied\n"
                           "  next:  run it again\n"))
      << result.err;
  EXPECT_EQ(wipe_.Rows(), kUntouched);
}

TEST_F(WipeDatabase, NamesWhoHoldsItsTablesAndGivesUp) {
  pg::Connection app = wipe_.project.database.Connect("backend");
  app.Exec("BEGIN; LOCK TABLE member IN ACCESS SHARE MODE");
  const std::string told =
      Failure(4, {"--no-backup", "--lock-timeout", "100ms", "--lock-patience", "0s"});
  EXPECT_NE(told.find("rung: the tables are in use by pid "), std::string::npos) << told;
  EXPECT_NE(told.find("(backend, user "), std::string::npos) << told;
  EXPECT_NE(told.find("  next:  put the application into maintenance and run it again\n"),
            std::string::npos)
      << told;
}

TEST_F(WipeDatabase, TriesAgainWhenALockDoesNotCome) {
  pg::Connection app = wipe_.project.database.Connect("backend");
  app.Exec("BEGIN; LOCK TABLE member IN ACCESS SHARE MODE");
  WatchedRun wipe(wipe_.project,
                  wipe_.Confirmed({"--no-backup", "--lock-timeout", "100ms"}).arguments);
  ASSERT_TRUE(wipe.WaitUntilTold("waiting for pid "));
  app.Exec("COMMIT");
  EXPECT_EQ(wipe.Wait().exit, 0) << wipe.Told();
  EXPECT_EQ(wipe_.Rows(), kWiped);
}

TEST(WipeOfTheApplication, LeavesTiersAndTemplatesAndNothingElse) {
  WipeProject wipe;
  Project& project = wipe.project;
  project.database.Query("DROP TABLE member, org, plan, note");
  MakeTenants(project.database);
  const auto kept = project.database.Query(kKeptRows);
  Command command = wipe.Confirmed(
      {"--wipe-script", (SourceDirectory() / "scripts/wipe_all_user_data.sql").string()});
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.database.Value(kTenantRows), "0");
  EXPECT_EQ(project.database.Query(kKeptRows), kept);
}

}  // namespace
}  // namespace rung::test
