// The order of the ladder: migration N, backfill N, migration N+1, and what stops in between.

#include "integration/gate.h"

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Ladder : public testing::Test {
 protected:
  Ladder() {
    project_.Write("migrations/001_item.sql",
                   "CREATE TABLE item (id int PRIMARY KEY, a text, b text);\n"
                   "INSERT INTO item SELECT generate_series(1, 3);\n");
    project_.Write("backfills/001_a.toml",
                   "[[fill]]\ntable = \"item\"\nset = { a = \"'a' || id\" }\n");
    project_.Write("migrations/002_check.sql", "ALTER TABLE item ALTER COLUMN a SET NOT NULL;\n");
    project_.Write("migrations/003_more.sql", "ALTER TABLE item ADD COLUMN c text;\n");
    project_.Write("backfills/003_b.toml",
                   "[[fill]]\ntable = \"item\"\nset = { b = \"a || 'b'\" }\n");
    project_.Write("migrations/004_check.sql", "ALTER TABLE item ALTER COLUMN b SET NOT NULL;\n");
  }

  std::string Told(int exit, std::vector<std::string> arguments) {
    const Result result = project_.RunExpecting(exit, std::move(arguments));
    EXPECT_EQ(result.out, "");
    return Masked(project_, result.err);
  }

  Rows Applied() {
    return project_.database.Query("SELECT version FROM rung.migration ORDER BY 1");
  }

  Project project_;
};

TEST_F(Ladder, IsClimbedInOrder) {
  EXPECT_EQ(Told(0, {"up"}), R"(001_item: applied, 2 statements in <duration>
001_a: 1 of 1 tables to fill, 1 worker
item: complete, 3 rows filled
001_a: complete and verified, 3 rows filled, this run took <duration>
002_check: applied, 1 statement in <duration>
003_more: applied, 1 statement in <duration>
003_b: 1 of 1 tables to fill, 1 worker
item: complete, 3 rows filled
003_b: complete and verified, 3 rows filled, this run took <duration>
004_check: applied, 1 statement in <duration>
up to date: 4 migrations applied, 2 backfills complete
)");
  EXPECT_EQ(
      project_.database.Query("SELECT * FROM item ORDER BY id"),
      (Rows{{"1", "a1", "a1b", "NULL"}, {"2", "a2", "a2b", "NULL"}, {"3", "a3", "a3b", "NULL"}}));
  EXPECT_EQ(project_.database.Query("SELECT kind, subject, detail FROM rung.event "
                                    "WHERE statement IS NULL ORDER BY id"),
            (Rows{{"migration applied", "001_item", "2 statements"},
                  {"backfill started", "001_a", "1 fills"},
                  {"backfill completed", "001_a", "3 rows filled"},
                  {"migration applied", "002_check", "1 statements"},
                  {"migration applied", "003_more", "1 statements"},
                  {"backfill started", "003_b", "1 fills"},
                  {"backfill completed", "003_b", "3 rows filled"},
                  {"migration applied", "004_check", "1 statements"}}));
}

TEST_F(Ladder, MigrateStopsAtABackfillThatIsNotComplete) {
  EXPECT_EQ(Told(3, {"migrate"}), R"(001_item: applied, 2 statements in <duration>
warning: the migrations above wait for backfill 001_a: run `rung up` or `rung backfill`; everything done is kept, run it again to go on
)");
  EXPECT_EQ(Applied(), (Rows{{"001"}}));
  const std::string before = Fingerprint(project_.database);
  Told(3, {"migrate"});
  EXPECT_EQ(Fingerprint(project_.database), before);
  EXPECT_EQ(Told(3, {"backfill"}), R"(001_a: 1 of 1 tables to fill, 1 worker
item: complete, 3 rows filled
001_a: complete and verified, 3 rows filled, this run took <duration>
warning: backfill 003_b waits for migrations: run `rung up` or `rung migrate`; everything done is kept, run it again to go on
)");
  EXPECT_EQ(Applied(), (Rows{{"001"}}));
  EXPECT_EQ(Told(3, {"migrate"}), R"(002_check: applied, 1 statement in <duration>
003_more: applied, 1 statement in <duration>
warning: the migrations above wait for backfill 003_b: run `rung up` or `rung backfill`; everything done is kept, run it again to go on
)");
  Told(0, {"backfill"});
  EXPECT_EQ(Told(0, {"migrate"}), R"(004_check: applied, 1 statement in <duration>
up to date: 4 migrations applied, 2 backfills complete
)");
}

TEST_F(Ladder, MigrateIsDoneWhereOnlyABackfillIsLeft) {
  EXPECT_EQ(Told(0, {"migrate", "--to", "1"}), "001_item: applied, 2 statements in <duration>\n");
  std::filesystem::remove(project_.directory.path() / "migrations/004_check.sql");
  Told(0, {"backfill", "1"});
  EXPECT_EQ(Told(0, {"migrate"}), R"(002_check: applied, 1 statement in <duration>
003_more: applied, 1 statement in <duration>
)");
}

TEST_F(Ladder, StopsAfterTheNumberGiven) {
  EXPECT_EQ(Told(0, {"up", "--to", "2"}), R"(001_item: applied, 2 statements in <duration>
001_a: 1 of 1 tables to fill, 1 worker
item: complete, 3 rows filled
001_a: complete and verified, 3 rows filled, this run took <duration>
002_check: applied, 1 statement in <duration>
up to date: 2 migrations applied, 1 backfill complete
)");
  EXPECT_EQ(Applied(), (Rows{{"001"}, {"002"}}));
  EXPECT_EQ(Told(0, {"up", "--to", "003"}), R"(003_more: applied, 1 statement in <duration>
003_b: 1 of 1 tables to fill, 1 worker
item: complete, 3 rows filled
003_b: complete and verified, 3 rows filled, this run took <duration>
up to date: 3 migrations applied, 2 backfills complete
)");
  EXPECT_EQ(Applied(), (Rows{{"001"}, {"002"}, {"003"}}));
}

TEST_F(Ladder, RefusesANumberThatIsNone) {
  EXPECT_EQ(Told(2, {"up", "--to", "latest"}), R"(rung: --to: "latest" is not a number
  state: nothing was touched
  next:  give the number of a rung
)");
}

TEST_F(Ladder, ABackfillRunsOnlyWhenItsMigrationIsApplied) {
  EXPECT_EQ(Told(3, {"backfill"}),
            "warning: backfill 001_a waits for migrations: run `rung up` or `rung migrate`; "
            "everything done is "
            "kept, run it again to go on\n");
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM pg_class WHERE relname = 'item'"), "0");
  Told(3, {"migrate"});
  Told(3, {"backfill", "003"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.backfill"), "0");
}

TEST_F(Ladder, ABackfillIsKnownByNumberNameAndBoth) {
  for (const char* name : {"1", "001", "a", "001_a"}) {
    Project project;
    for (const char* kind : {"migrations", "backfills"}) {
      std::filesystem::copy(project_.directory.path() / kind, project.directory.path() / kind,
                            std::filesystem::copy_options::recursive);
    }
    project.RunExpecting(3, {"migrate"});
    project.RunExpecting(0, {"backfill", name});
    EXPECT_EQ(project.database.Query("SELECT version, state FROM rung.backfill"),
              (Rows{{"001", "complete"}}))
        << name;
  }
}

TEST_F(Ladder, MayBeSpreadOverRungsThatHaveOnlyOneKind) {
  Project project;
  project.Write("backfills/005_b.toml", "[[fill]]\ntable = \"item\"\nset = { a = \"'a'\" }\n");
  project.Write("migrations/004_item.sql",
                "CREATE TABLE item (a text);\nINSERT INTO item VALUES (NULL);\n");
  project.Write("migrations/006_empty.sql", "-- Nothing yet.\n");
  EXPECT_EQ(Masked(project, project.RunExpecting(0, {"up"}).err),
            R"(004_item: applied, 2 statements in <duration>
005_b: 1 of 1 tables to fill, 1 worker
item: complete, 1 row filled
005_b: complete and verified, 1 row filled, this run took <duration>
006_empty: applied, 0 statements in <duration>
up to date: 2 migrations applied, 1 backfill complete
)");
}

TEST_F(Ladder, WithoutTimeLeftAppliesNothingAndIsUnfinished) {
  EXPECT_EQ(Told(3, {"up", "--max-runtime", "0s"}),
            "warning: the time budget is used; everything done is kept, run it again to go on\n");
  EXPECT_EQ(Applied(), Rows{});
}

TEST_F(Ladder, RunsOutOfTimeInABackfillAndGoesOnInTheNextRun) {
  project_.Write("migrations/001_item.sql",
                 "CREATE TABLE item (id int PRIMARY KEY, a text, b text);\n"
                 "INSERT INTO item SELECT generate_series(1, 4000);\nANALYZE item;\n");
  Told(3, {"migrate"});
  project_.database.Query(R"(
    CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.25); RETURN NULL; END $$;
    CREATE TRIGGER be_slow AFTER UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION be_slow())");
  EXPECT_EQ(Told(3, {"up", "--max-runtime", "900ms"}),
            R"(warning: 001_a: item: trigger be_slow fires: AFTER UPDATE, each batch
001_a: 1 of 1 tables to fill, 1 worker
warning: 001_a: the time budget is used; everything done is kept, run it again to go on
)");
  const int filled = std::stoi(project_.database.Value("SELECT count(a) FROM item"));
  EXPECT_LT(filled, 4000);
  EXPECT_EQ(Applied(), (Rows{{"001"}}));
  project_.database.Query("DROP TRIGGER be_slow ON item");
  Told(0, {"up", "--max-runtime", "10m"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM item WHERE b = 'a' || id || 'b'"),
            "4000");
  EXPECT_EQ(project_.database.Query("SELECT version, rows_filled FROM rung.fill ORDER BY 1"),
            (Rows{{"001", "4000"}, {"003", "4000"}}));
}

}  // namespace
}  // namespace rung::test
