// `rung baseline N` takes over a database that stands at N already.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Baseline : public testing::Test {
 protected:
  Baseline() {
    project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int, org text);\n");
    project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN name text;\n");
    project_.Write("migrations/003_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  }

  void Make() { project_.database.Query("CREATE TABLE item (id int, org text, name text)"); }

  std::string Refusal(int exit, std::vector<std::string> arguments) {
    const std::string before = Fingerprint(project_.database);
    const std::string told =
        Masked(project_, project_.RunExpecting(exit, std::move(arguments)).err);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return told;
  }

  Project project_;
};

TEST_F(Baseline, RecordsTheFilesWithoutRunningThem) {
  Make();
  project_.Write("backfills/001_org.toml",
                 "[[fill]]\ntable = \"item\"\nset = { org = \"'org'\" }\n");
  EXPECT_EQ(project_.RunExpecting(0, {"baseline", "2"}).err,
            "001_item: taken over, not run\n"
            "002_name: taken over, not run\n"
            "1 backfill up to here will run, and find out by itself whether anything is left to "
            "fill\n");
  EXPECT_EQ(project_.database.Query("SELECT version, state, is_baseline, statements_done, "
                                    "statements_total FROM rung.migration ORDER BY 1"),
            (Rows{{"001", "applied", "t", "1", "1"}, {"002", "applied", "t", "1", "1"}}));
  EXPECT_EQ(project_.database.Query("SELECT kind, subject, detail, version, os_user <> '' FROM "
                                    "rung.event ORDER BY id"),
            (Rows{{"migration taken over", "001_item", "baseline, not run", "001", "t"},
                  {"migration taken over", "002_name", "baseline, not run", "002", "t"}}));
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"status", "--format", "csv"}).out),
            R"(rung,kind,state,detail
001_item,migration,applied,"<time>, baseline"
001_org,backfill,pending,
002_name,migration,applied,"<time>, baseline"
003_more,migration,pending,waits for backfill 001_org
)");
  project_.RunExpecting(0, {"up"});
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN title text;\n");
  EXPECT_NE(project_.RunExpecting(1, {"up"}).err.find(
                "  statement 1 of 1 differs, line 1: ALTER TABLE item ADD COLUMN title text\n"),
            std::string::npos);
}

TEST_F(Baseline, OfWhatIsRecordedAlreadyIsNothingToDo) {
  Make();
  project_.RunExpecting(0, {"baseline", "002"});
  EXPECT_EQ(Refusal(0, {"baseline", "2"}),
            "nothing to do: the history stands at 002_name already\n");
}

TEST_F(Baseline, OfAHistoryThatIsNotEmptyIsRefused) {
  project_.RunExpecting(0, {"up", "--to", "1"});
  EXPECT_EQ(Refusal(1, {"baseline", "2"}),
            "rung: 2: the history is not empty: it has 1 file, the last is 001_item\n"
            "  state: nothing was changed\n"
            "  next:  go on from there with `rung up`; a baseline is for a database that rung has "
            "not seen\n");
}

TEST_F(Baseline, OfAnEmptyDatabaseNeedsToBeMeant) {
  EXPECT_EQ(Refusal(1, {"baseline", "2"}),
            "rung: <target>: the database is empty: nothing in it stands at 2\n"
            "  state: nothing was changed\n"
            "  next:  run `rung up` to make it, or give --allow-empty if that is what you want\n");
  project_.RunExpecting(0, {"baseline", "2", "--allow-empty"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.migration"), "2");
}

TEST_F(Baseline, NeedsTheNumberOfAFile) {
  Make();
  EXPECT_EQ(Refusal(2, {"baseline", "7"}),
            "rung: 7: no migration has this number\n"
            "  state: nothing was changed\n"
            "  next:  name the number of a file, 001 to 003\n");
  EXPECT_EQ(Refusal(2, {"baseline", "0"}),
            "rung: 0: no migration has this number\n"
            "  state: nothing was changed\n"
            "  next:  name the number of a file, 001 to 003\n");
  EXPECT_EQ(Refusal(2, {"baseline"}),
            "rung: no number: where does the database stand?\n"
            "  state: nothing was touched\n"
            "  next:  see `rung help baseline`\n");
  EXPECT_EQ(Refusal(2, {"baseline", "here"}),
            "rung: \"here\" is not a number\n"
            "  state: nothing was touched\n"
            "  next:  give the number of a migration\n");
}

TEST_F(Baseline, TakenTooHighIsTakenBack) {
  Make();
  project_.RunExpecting(0, {"baseline", "3"});
  project_.RunExpecting(0, {"repair", "--forget", "3", "--yes"});
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT version, is_baseline FROM rung.migration ORDER BY 1"),
            (Rows{{"001", "t"}, {"002", "t"}, {"003", "f"}}));
}

}  // namespace
}  // namespace rung::test
