// What is kept of an applied file, and what happens when the files no longer agree with it.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class History : public testing::Test {
 protected:
  History() {
    project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
    project_.Write("migrations/002_name.sql",
                   "-- A name.\nALTER TABLE item\n  ADD COLUMN name text;\n");
    project_.Write("migrations/004_org.sql", "ALTER TABLE item ADD COLUMN org text;\n");
    project_.RunExpecting(0, {"up"});
  }

  // What the commands that apply tell of files that disagree; none of them changes anything.
  std::string Refusal() {
    const std::string before = Fingerprint(project_.database);
    const std::string told = Masked(project_, project_.RunExpecting(1, {"up"}).err);
    EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {"migrate"}).err), told);
    EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {"plan"}).err), told);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return told;
  }

  void Remove(const std::string& name) {
    std::filesystem::remove(project_.directory.path() / name);
  }

  Project project_;
};

TEST_F(History, HoldsChecksumStatementsAndWhoWasItWithWhat) {
  project_.Write("migrations/005_two.sql",
                 "ALTER TABLE item ADD COLUMN a int;\nALTER TABLE item ADD COLUMN b int;\n");
  Command command = project_.Rung({"up"});
  command.environment.insert(
      command.environment.end(),
      {"CI_JOB_URL", "CI_COMMIT_SHA", "GITHUB_SHA=5f3c1e0a", "GITHUB_RUN_ID=42",
       "GITHUB_SERVER_URL=https://github.com", "GITHUB_REPOSITORY=acme/calls"});
  EXPECT_EQ(test::Run(command).exit, 0);
  EXPECT_EQ(project_.database.Query(R"(
    SELECT version, name, checksum = encode(sha256(convert_to(
             E'ALTER TABLE item ADD COLUMN a int;\nALTER TABLE item ADD COLUMN b int;\n', 'UTF8')), 'hex'),
           state, statements_done, statements_total, statement_is_open, error,
           applied_at BETWEEN started_at AND clock_timestamp(), applied_at > now() - interval '1 minute',
           duration_ms BETWEEN 0 AND 60000, db_role = current_user, os_user <> '', host <> '', tool_version,
           git_commit, ci_run_url
    FROM rung.migration WHERE version = '005')"),
            (Rows{{"005", "two", "t", "applied", "2", "2", "f", "NULL", "t", "t", "t", "t", "t",
                   "t", "0.1.0", "5f3c1e0a", "https://github.com/acme/calls/actions/runs/42"}}));
  EXPECT_EQ(
      project_.database.Query(
          "SELECT kind, detail, version, statement, duration_ms BETWEEN 0 AND 60000, data, "
          "db_role = current_user, os_user <> '', host <> '', tool_version, git_commit, ci_run_url "
          "FROM rung.event WHERE subject = '005_two' ORDER BY id"),
      (Rows{{"statement applied", "ALTER TABLE item ADD COLUMN a int", "005", "1", "t", "NULL", "t",
             "t", "t", "0.1.0", "5f3c1e0a", "https://github.com/acme/calls/actions/runs/42"},
            {"statement applied", "ALTER TABLE item ADD COLUMN b int", "005", "2", "t", "NULL", "t",
             "t", "t", "0.1.0", "5f3c1e0a", "https://github.com/acme/calls/actions/runs/42"},
            {"migration applied", "2 statements", "005", "NULL", "t", "NULL", "t", "t", "t",
             "0.1.0", "5f3c1e0a", "https://github.com/acme/calls/actions/runs/42"}}));
  EXPECT_EQ(project_.database.Query("SELECT number, line, head, length(digest) FROM rung.statement "
                                    "WHERE version = '005' ORDER BY number"),
            (Rows{{"1", "1", "ALTER TABLE item ADD COLUMN a int", "16"},
                  {"2", "2", "ALTER TABLE item ADD COLUMN b int", "16"}}));
}

TEST_F(History, HasOneRowForEachFileAndNoMore) {
  EXPECT_EQ(project_.database.Query(
                "SELECT version, state, statements_done FROM rung.migration ORDER BY 1"),
            (Rows{{"001", "applied", "1"}, {"002", "applied", "1"}, {"004", "applied", "1"}}));
  EXPECT_EQ(project_.database.Query("SELECT kind, subject FROM rung.event ORDER BY id"),
            (Rows{{"statement applied", "001_item"},
                  {"migration applied", "001_item"},
                  {"statement applied", "002_name"},
                  {"migration applied", "002_name"},
                  {"statement applied", "004_org"},
                  {"migration applied", "004_org"}}));
}

TEST_F(History, OfAClimbedLadderIsLeftAlone) {
  const std::string before = Fingerprint(project_.database);
  for (const char* command : {"up", "migrate", "backfill"}) {
    const Result result = project_.RunExpecting(0, {command});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, "up to date: 3 migrations applied, 0 backfills complete\n");
  }
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(History, AChangedFileStopsTheRun) {
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN title text;\n");
  project_.Write("migrations/005_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  EXPECT_EQ(Refusal(), R"(rung: migrations/002_name.sql: changed since it was applied on <time>
  statement 1 of 1 differs, line 1: ALTER TABLE item ADD COLUMN title text
  it was, in line 2: ALTER TABLE item
  applied: sha256 <sha256>
  file:    sha256 <sha256>
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so
)");
  const Result status = project_.RunExpecting(0, {"status", "--format", "csv"});
  EXPECT_EQ(Masked(project_, status.out), R"(rung,kind,state,detail
001_item,migration,applied,"<time>, <duration>"
002_name,migration,changed,"<time>, <duration>; statement 1 of 1 differs, line 1: ALTER TABLE item ADD COLUMN title text"
004_org,migration,applied,"<time>, <duration>"
005_more,migration,pending,
)");
}

TEST_F(History, AChangeOfFormAloneWarnsAndGoesOn) {
  project_.Write("migrations/002_name.sql",
                 "/* The name. */\r\nALTER TABLE item ADD COLUMN name text;\r\n");
  const std::string warning =
      "warning: migrations/002_name.sql: changed since it was applied on <time>, only in comments, "
      "white space or line ends; `rung repair 002` takes that over\n";
  for (const char* command : {"status", "plan"}) {
    EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {command}).err), warning);
  }
  project_.Write("migrations/005_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  for (const std::string told : {"005_more: applied, 1 statement in <duration>\n", ""}) {
    EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
              warning + told + "up to date: 4 migrations applied, 0 backfills complete\n");
  }
}

TEST_F(History, TellsStatementsThatWereAddedOrRemoved) {
  project_.Write("migrations/005_steps.sql", "SELECT 1;\nSELECT 2;\nSELECT 3;\n");
  project_.RunExpecting(0, {"up"});
  project_.Write("migrations/005_steps.sql", "SELECT 1;\nSELECT 2;\n\nSELECT 4;\nSELECT 3;\n");
  EXPECT_NE(Refusal().find("\n  statement 3 of 4 is new, line 4: SELECT 4\n"), std::string::npos);
  project_.Write("migrations/005_steps.sql", "SELECT 1;\nSELECT 3;\n");
  EXPECT_NE(Refusal().find("\n  statement 2 of 3 is gone, it was in line 2: SELECT 2\n"),
            std::string::npos);
}

TEST_F(History, ADeletedFileStopsTheRun) {
  Remove("migrations/002_name.sql");
  EXPECT_EQ(Refusal(), R"(rung: 002_name: applied on <time>, but its file is missing
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so
)");
  const Result status = project_.RunExpecting(0, {"status", "--format", "csv"});
  EXPECT_EQ(Masked(project_, status.out), R"(rung,kind,state,detail
001_item,migration,applied,"<time>, <duration>"
004_org,migration,applied,"<time>, <duration>"
002_name,migration,missing,its file is gone
)");
}

TEST_F(History, ALateFileStopsTheRun) {
  project_.Write("migrations/003_late.sql", "ALTER TABLE item ADD COLUMN late text;\n");
  EXPECT_EQ(Refusal(), R"(rung: migrations/003_late.sql: late: 004_org is applied already
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; --allow-late runs late files in their place
)");
  EXPECT_NE(project_.RunExpecting(0, {"status"})
                .out.find("003_late  migration  late     004_org is applied already, needs "
                          "--allow-late\n"),
            std::string::npos);
}

TEST_F(History, ALateFileRunsInItsPlaceWhereThatIsAllowed) {
  project_.Write("migrations/003_late.sql", "ALTER TABLE item ADD COLUMN late text;\n");
  project_.Write("migrations/005_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  EXPECT_NE(project_.RunExpecting(0, {"plan", "--allow-late"}).out.find("003_late"),
            std::string::npos);
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up", "--allow-late"}).err),
            R"(003_late: late: higher ones are applied already
003_late: applied, 1 statement in <duration>
005_more: applied, 1 statement in <duration>
up to date: 5 migrations applied, 0 backfills complete
)");
  project_.RunExpecting(0, {"up"});
}

TEST_F(History, PendingFilesAreListedForAPipeline) {
  const Result done = project_.RunExpecting(0, {"status", "--pending"});
  EXPECT_EQ(done.out + done.err, "");
  project_.Write("migrations/005_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  EXPECT_EQ(project_.RunExpecting(3, {"status", "--pending", "--format", "csv"}).out,
            "rung,kind,state,detail\n005_more,migration,pending,\n");
  Remove("migrations/002_name.sql");
  EXPECT_EQ(project_.RunExpecting(1, {"status", "--pending"}).out, "");
}

TEST_F(History, AnInterruptedFileGoesOnInTheRowThatItHasWhateverItsWidth) {
  project_.Write("migrations/005_steps.sql", "-- rung: no-transaction\nSELECT 1;\nSELECT no;\n");
  project_.RunExpecting(1, {"up"});
  for (const char* name : {"001_item", "002_name", "004_org", "005_steps"}) {
    const auto directory = project_.directory.path() / "migrations";
    std::filesystem::rename(directory / (std::string(name) + ".sql"),
                            directory / ("0" + std::string(name) + ".sql"));
  }
  project_.Write("migrations/0005_steps.sql", "-- rung: no-transaction\nSELECT 1;\nSELECT 2;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT version, state, statements_done FROM rung.migration "
                                    "WHERE name = 'steps'"),
            (Rows{{"005", "applied", "2"}}));
}

TEST_F(History, AFileMendedToWhatIsDoneAlreadyIsApplied) {
  project_.Write("migrations/005_steps.sql", "-- rung: no-transaction\nSELECT 1;\nSELECT no;\n");
  project_.RunExpecting(1, {"up"});
  project_.Write("migrations/005_steps.sql", "-- rung: no-transaction\nSELECT 1;\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT state, statements_done, statements_total FROM "
                                    "rung.migration WHERE version = '005'"),
            (Rows{{"applied", "1", "1"}}));
  EXPECT_EQ(project_.database.Query("SELECT kind, detail, statement FROM rung.event "
                                    "WHERE version = '005' ORDER BY id"),
            (Rows{{"statement applied", "SELECT 1", "1"},
                  {"statement failed", "SELECT no: column \"no\" does not exist [42703]", "2"},
                  {"migration applied", "1 statements", "NULL"}}));
}

TEST_F(History, EveryFileThatDisagreesIsNamed) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (id bigint);\n");
  Remove("migrations/002_name.sql");
  project_.Write("migrations/003_late.sql", "SELECT 1;\n");
  Remove("migrations/004_org.sql");
  project_.Write("migrations/005_more.sql", "SELECT 1;\n");
  EXPECT_EQ(Refusal(), R"(rung: migrations/001_item.sql: changed since it was applied on <time>
  statement 1 of 1 differs, line 1: CREATE TABLE item (id bigint)
  it was, in line 1: CREATE TABLE item (id int)
  applied: sha256 <sha256>
  file:    sha256 <sha256>
rung: 002_name: applied on <time>, but its file is missing
rung: migrations/003_late.sql: late: 004_org is applied already
rung: 004_org: applied on <time>, but its file is missing
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so; --allow-late runs late files in their place
)");
}

TEST_F(History, KnowsAFileByItsNumberWhateverItsWidthOrName) {
  Remove("migrations/001_item.sql");
  Remove("migrations/002_name.sql");
  Remove("migrations/004_org.sql");
  project_.Write("migrations/0001_thing.sql", "CREATE TABLE item (id int);\n");
  project_.Write("migrations/0002_name.sql",
                 "-- A name.\nALTER TABLE item\n  ADD COLUMN name text;\n");
  project_.Write("migrations/0004_org.sql", "ALTER TABLE item ADD COLUMN org text;\n");
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(project_.RunExpecting(0, {"up"}).err,
            "up to date: 3 migrations applied, 0 backfills complete\n");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(History, LivesInTheSchemaThatIsNamed) {
  Project project;
  project.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  project.RunExpecting(0, {"up", "--schema", "My \"own\""});
  EXPECT_EQ(project.database.Value(R"(SELECT count(*) FROM "My ""own""".migration)"), "1");
  EXPECT_EQ(project.database.Value("SELECT count(*) FROM pg_namespace WHERE nspname = 'rung'"),
            "0");
}

}  // namespace
}  // namespace rung::test
