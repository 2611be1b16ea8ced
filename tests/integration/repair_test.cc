// `rung repair`: what it shows, what it accepts, what it keeps of what was there.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/sealed.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Repair : public testing::Test {
 protected:
  Repair() {
    project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
    project_.Write("migrations/002_steps.sql",
                   "ALTER TABLE item ADD COLUMN a int;\nALTER TABLE item ADD COLUMN b int;\n");
    project_.Write("migrations/004_org.sql", "ALTER TABLE item ADD COLUMN org text;\n");
    project_.RunExpecting(0, {"up"});
  }

  void Change() {
    project_.Write("migrations/002_steps.sql",
                   "ALTER TABLE item ADD COLUMN a int;\nALTER TABLE item ADD COLUMN b text;\n");
  }

  void Remove(const std::string& name) {
    std::filesystem::remove(project_.directory.path() / name);
  }

  // A run that ended without writing down what its second statement came to.
  void LeaveOpen(const std::string& last) {
    project_.database.Query("CREATE PROCEDURE work() LANGUAGE plpgsql AS $$ BEGIN COMMIT; END $$");
    project_.Write("migrations/005_work.sql",
                   "-- rung: no-transaction\nSELECT 1;\nCALL work();\n" + last);
    project_.RunExpecting(0, {"up"});
    project_.database.Query(
        "UPDATE rung.migration SET state = 'running', statements_done = 1, applied_at = NULL, "
        "statement_is_open = true, done_checksum = encode(sha256(E'-- rung: "
        "no-transaction\\nSELECT 1'::bytea || '\\x00'), 'hex') WHERE version = '005'");
    Seal(project_.database);
  }

  Rows History() {
    return project_.database.Query(
        "SELECT version, state, statements_done, statement_is_open FROM rung.migration "
        "ORDER BY version");
  }

  // The last event, and what it has kept of the row.
  Rows LastEvent() {
    return project_.database.Query(
        "SELECT kind, subject, detail, version, data ->> 'state', data ->> 'statements_done', "
        "data ->> 'os_user' <> '' FROM rung.event WHERE kind <> 'migration applied' "
        "ORDER BY id DESC LIMIT 1");
  }

  Project project_;
};

TEST_F(Repair, OfNothingSaysSo) {
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(project_.RunExpecting(0, {"repair"}).out, "nothing to repair\n");
  EXPECT_EQ(project_.RunExpecting(0, {"repair", "--all"}).out, "nothing to repair\n");
  EXPECT_EQ(Fingerprint(project_.database), before);
  Project fresh;
  fresh.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  EXPECT_EQ(fresh.RunExpecting(0, {"repair"}).out, "nothing to repair\n");
  EXPECT_EQ(fresh.database.Value("SELECT to_regnamespace('rung')"), "NULL");
}

TEST_F(Repair, ShowsItsPlanAndNeedsSomethingChosen) {
  Change();
  Remove("migrations/001_item.sql");
  project_.Write("migrations/003_late.sql", "SELECT 3;\n");
  const std::string before = Fingerprint(project_.database);
  const Result result = project_.RunExpecting(2, {"repair"});
  EXPECT_EQ(Masked(project_, result.out),
            R"(001_item: applied on <time>, but its file is missing
  left: `rung repair --forget 001` takes its row out of the history
migrations/002_steps.sql: changed since it was applied on <time>
  statement 2 of 2 differs, line 2: ALTER TABLE item ADD COLUMN b text
  it was, in line 2: ALTER TABLE item ADD COLUMN b int
  applied: sha256 <sha256>
  file:    sha256 <sha256>
  left: `rung repair 002` takes the file as it is now for what was applied; nothing is run
migrations/003_late.sql: late: 004_org is applied already
  left: `rung up --allow-late` runs it in its place
)");
  EXPECT_EQ(result.err, R"(rung: nothing was chosen
  state: nothing was changed
  next:  name what is meant to be so, as above, or every change with --all
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(Repair, NeedsYesWithoutATerminal) {
  Change();
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(project_.RunExpecting(2, {"repair", "2"}).err, R"(rung: there is no terminal to ask at
  state: nothing was changed
  next:  run it again with --yes if that is what you want
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(Repair, AsksAtATerminal) {
  Change();
  const std::string before = Fingerprint(project_.database);
  Command command = project_.Rung({"repair", "2"});
  command.in_terminal = true;
  command.typed = "no\n";
  const Result refused = test::Run(command);
  EXPECT_EQ(refused.exit, 3);
  EXPECT_NE(refused.out.find("Repair this? [y/N] "), std::string::npos) << refused.out;
  EXPECT_NE(refused.out.find("nothing was changed"), std::string::npos) << refused.out;
  EXPECT_EQ(Fingerprint(project_.database), before);
  command.typed = "y\n";
  EXPECT_EQ(test::Run(command).exit, 0);
  project_.RunExpecting(0, {"up"});
}

TEST_F(Repair, AcceptsAChangedFileAndKeepsTheOldRow) {
  Change();
  const std::string old =
      project_.database.Value("SELECT to_jsonb(m) FROM rung.migration m WHERE version = '002'");
  EXPECT_EQ(project_.RunExpecting(0, {"repair", "002", "--yes"}).err, "002_steps: repaired\n");
  EXPECT_EQ(LastEvent(),
            (Rows{{"change accepted", "002_steps",
                   "statement 2 of 2 differs, line 2: ALTER TABLE item ADD COLUMN b text", "002",
                   "applied", "2", "t"}}));
  EXPECT_EQ(project_.database.Value("SELECT data FROM rung.event WHERE kind = 'change accepted'"),
            old);
  EXPECT_EQ(project_.database.Query("SELECT number, head FROM rung.statement WHERE version = '002' "
                                    "ORDER BY number"),
            (Rows{{"1", "ALTER TABLE item ADD COLUMN a int"},
                  {"2", "ALTER TABLE item ADD COLUMN b text"}}));
  EXPECT_EQ(project_.RunExpecting(0, {"up"}).err,
            "up to date: 3 migrations applied, 0 backfills complete\n");
  EXPECT_EQ(project_.RunExpecting(0, {"repair"}).out, "nothing to repair\n");
}

TEST_F(Repair, AcceptsAllChangesAndNothingElse) {
  Change();
  project_.Write("migrations/004_org.sql", "-- The org.\nALTER TABLE item ADD COLUMN org text;\n");
  Remove("migrations/001_item.sql");
  EXPECT_EQ(project_.RunExpecting(0, {"repair", "--all", "--yes"}).err,
            "002_steps: repaired\n004_org: repaired\n");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {"up"}).err),
            R"(rung: 001_item: applied on <time>, but its file is missing
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so
)");
}

TEST_F(Repair, ForgetsTheRowOfAFileThatIsGone) {
  Remove("migrations/001_item.sql");
  Remove("migrations/004_org.sql");
  project_.RunExpecting(0, {"repair", "--forget", "1,4", "--yes"});
  EXPECT_EQ(History(), (Rows{{"002", "applied", "2", "f"}}));
  EXPECT_EQ(project_.database.Value("SELECT string_agg(DISTINCT version, ' ') FROM rung.statement"),
            "002");
  EXPECT_EQ(project_.database.Query("SELECT subject, data ->> 'version' FROM rung.event "
                                    "WHERE kind = 'history row removed' ORDER BY id"),
            (Rows{{"001_item", "001"}, {"004_org", "004"}}));
  project_.RunExpecting(0, {"up"});
}

TEST_F(Repair, RefusesWhatItCannotDoAndNamesAllOfIt) {
  Change();
  project_.Write("migrations/003_late.sql", "SELECT 3;\n");
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(project_
                .RunExpecting(
                    2, {"repair", "1", "3", "9", "--forget", "2,9", "--mark-done", "4", "--yes"})
                .err,
            R"(rung: 1: its file and its row are as they were applied
rung: 3: it is late: `rung up --allow-late` runs it in its place
rung: 9: no file and no row has this number
rung: --forget 2: its file is there: the next run would run it once more
rung: --forget 9: no file and no row has this number
rung: --mark-done 4: none of its statements waits for an answer
  state: nothing was changed
  next:  see what there is to repair with `rung repair`
)");
  EXPECT_EQ(project_.RunExpecting(2, {"repair", "two"}).err, R"(rung: "two" is not a number
  state: nothing was touched
  next:  give the number of a migration
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(Repair, AcceptsARowThatWasEditedByHand) {
  project_.database.Query("UPDATE rung.migration SET applied_at = now() WHERE version = '002'");
  project_.RunExpecting(1, {"up"});
  project_.RunExpecting(0, {"repair", "2", "--yes"});
  EXPECT_EQ(LastEvent(), (Rows{{"history row accepted", "002_steps", "as it stood there", "002",
                                "applied", "2", "t"}}));
  project_.RunExpecting(0, {"up"});
}

TEST_F(Repair, AcceptsThatARowIsGoneAndThenItsFileIsPending) {
  project_.database.Query("DELETE FROM rung.migration WHERE version = '004'");
  EXPECT_EQ(
      project_.RunExpecting(2, {"repair"}).out,
      "004_org: its row is gone, and the audit trail has it as \"migration applied\"\n"
      "  left: `rung repair --forget 004` accepts that, and the file, if there is one, counts "
      "as never run\n");
  project_.RunExpecting(0, {"repair", "--forget", "4", "--yes"});
  EXPECT_EQ(project_.RunExpecting(3, {"status", "--pending", "--format", "csv"}).out,
            "rung,kind,state,detail\n004_org,migration,pending,\n");
}

TEST_F(Repair, MarksAnOpenStatementAsDone) {
  LeaveOpen("SELECT 3;\n");
  project_.RunExpecting(1, {"up"});
  EXPECT_EQ(
      project_.RunExpecting(2, {"repair"}).out,
      "migrations/005_work.sql:3: statement 2 of 3 was begun outside of a transaction, its end "
      "is not known\n"
      "  CALL work()\n"
      "  left: `rung repair --mark-done 005` counts it as done, `rung repair --mark-undone "
      "005` has the next run begin with it\n");
  project_.RunExpecting(0, {"repair", "--mark-done", "5", "--yes"});
  EXPECT_EQ(History().back(), (std::vector<std::string>{"005", "running", "2", "f"}));
  EXPECT_EQ(
      LastEvent(),
      (Rows{{"statement marked done", "005_work", "CALL work()", "005", "running", "1", "t"}}));
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
            R"(005_work: going on at statement 3 of 3
005_work: 3/3 SELECT 3
005_work: applied, 3 statements in <duration>
up to date: 4 migrations applied, 0 backfills complete
)");
}

TEST_F(Repair, AFileWhoseLastStatementIsMarkedAsDoneIsApplied) {
  LeaveOpen("");
  project_.RunExpecting(0, {"repair", "--mark-done", "5", "--yes"});
  EXPECT_EQ(History().back(), (std::vector<std::string>{"005", "applied", "2", "f"}));
  EXPECT_EQ(project_.RunExpecting(0, {"up"}).err,
            "up to date: 4 migrations applied, 0 backfills complete\n");
}

TEST_F(Repair, MarksAnOpenStatementAsNotDone) {
  LeaveOpen("SELECT 3;\n");
  EXPECT_EQ(
      project_.RunExpecting(2, {"repair", "--mark-done", "5", "--mark-undone", "5", "--yes"}).err,
      "rung: 005: a statement is either done or not\n"
      "  state: nothing was changed\n"
      "  next:  see what there is to repair with `rung repair`\n");
  project_.RunExpecting(0, {"repair", "--mark-undone", "5", "--yes"});
  EXPECT_EQ(History().back(), (std::vector<std::string>{"005", "running", "1", "f"}));
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
            R"(005_work: going on at statement 2 of 3
005_work: 2/3 CALL work()
005_work: 3/3 SELECT 3
005_work: applied, 3 statements in <duration>
up to date: 4 migrations applied, 0 backfills complete
)");
}

TEST_F(Repair, WaitsForTheRunLock) {
  Gate gate(project_.database);
  project_.Write("migrations/005_wait.sql", "SELECT wait_at_gate();\n");
  Process run(project_.Rung({"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  Change();
  const Result result = project_.RunExpecting(4, {"repair", "2", "--yes", "--lock-wait", "1ms"});
  EXPECT_NE(result.err.find("rung: another run holds the lock: pid "), std::string::npos);
  gate.Open();
  EXPECT_EQ(run.Wait().exit, 0);
}

}  // namespace
}  // namespace rung::test
