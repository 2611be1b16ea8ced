// What others have done to rung's own tables is found, and nothing is done then.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

class TamperedHistory : public testing::Test {
 protected:
  TamperedHistory() {
    project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
    project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN name text;\n");
    project_.RunExpecting(0, {"up"});
    project_.Write("migrations/003_more.sql", "ALTER TABLE item ADD COLUMN more text;\n");
  }

  // What every command that reads the history tells after this SQL; none of them changes anything.
  std::string RefusalAfter(const std::string& sql) {
    project_.database.Query(sql);
    const std::string before = Fingerprint(project_.database);
    const std::string told = Masked(project_, project_.RunExpecting(1, {"up"}).err);
    for (const char* command : {"migrate", "status", "plan"}) {
      EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {command}).err), told);
    }
    EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {"baseline", "3"}).err), told);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return told;
  }

  static std::string OfTables(const std::string& problems) {
    return problems +
           "  state: nothing was changed\n"
           "  next:  bring rung's own tables back as they were, from a backup\n";
  }

  static std::string OfRows(const std::string& problems) {
    return problems +
           "  state: nothing was changed\n"
           "  next:  find out who did that, and bring the rows back from a backup; `rung repair` "
           "shows how to accept it instead\n";
  }

  Project project_;
};

TEST_F(TamperedHistory, OfAMissingRowIsRefused) {
  EXPECT_EQ(RefusalAfter("DELETE FROM rung.migration WHERE version = '002'"),
            OfRows("rung: rung.migration: the row of 002_name is gone, and rung.event has it as "
                   "\"migration applied\"\n"));
}

TEST_F(TamperedHistory, OfAllRowsIsNotTakenForANewDatabase) {
  EXPECT_EQ(RefusalAfter("TRUNCATE rung.migration"),
            OfRows("rung: rung.migration: the row of 001_item is gone, and rung.event has it as "
                   "\"migration applied\"\n"
                   "rung: rung.migration: the row of 002_name is gone, and rung.event has it as "
                   "\"migration applied\"\n"));
}

TEST_F(TamperedHistory, OfAnEditedRowIsRefused) {
  EXPECT_EQ(RefusalAfter("UPDATE rung.migration SET statements_done = 0, state = 'running' "
                         "WHERE version = '002'"),
            OfRows("rung: rung.migration: the row of 002_name was changed by something else than "
                   "rung: its digest does not fit it\n"));
}

TEST_F(TamperedHistory, OfAnAddedRowIsRefused) {
  EXPECT_EQ(RefusalAfter("INSERT INTO rung.migration SELECT (jsonb_populate_record(m, "
                         "'{\"version\": \"003\", \"name\": \"more\"}')).* FROM rung.migration m "
                         "WHERE version = '002'"),
            OfRows("rung: rung.migration: the row of 003_more was changed by something else than "
                   "rung: its digest does not fit it\n"));
}

TEST_F(TamperedHistory, OfARowWithoutANumberIsRefused) {
  EXPECT_EQ(
      RefusalAfter("UPDATE rung.migration SET version = 'two' WHERE version = '002'"),
      "rung: rung.migration: its row \"two\" has no number\n"
      "  state: nothing was changed\n"
      "  next:  bring the rows back as they were, from a backup or from what rung.event keeps "
      "of them\n");
}

TEST_F(TamperedHistory, OfTwoRowsWithOneNumberIsRefused) {
  EXPECT_EQ(
      RefusalAfter("UPDATE rung.migration SET version = '01' WHERE version = '002'"),
      "rung: rung.migration: 001_item and 01_name are the same number\n"
      "  state: nothing was changed\n"
      "  next:  bring the rows back as they were, from a backup or from what rung.event keeps "
      "of them\n");
}

TEST_F(TamperedHistory, OfAColumnThatIsGoneOrOfAnotherTypeIsRefused) {
  EXPECT_EQ(RefusalAfter("ALTER TABLE rung.migration DROP COLUMN token_checksum, "
                         "ALTER COLUMN duration_ms TYPE text"),
            OfTables("rung: rung.migration: its column token_checksum is gone\n"
                     "rung: rung.migration: its column duration_ms is of type text, not bigint\n"));
}

TEST_F(TamperedHistory, OfARenamedColumnIsRefused) {
  EXPECT_EQ(RefusalAfter("ALTER TABLE rung.migration RENAME COLUMN checksum TO sum"),
            OfTables("rung: rung.migration: its column checksum is gone\n"
                     "rung: rung.migration: its column sum is not of rung, and NOT NULL\n"));
}

TEST_F(TamperedHistory, OfATableWithoutItsKeyIsRefused) {
  EXPECT_EQ(RefusalAfter("ALTER TABLE rung.migration DROP CONSTRAINT migration_pkey"),
            OfTables("rung: rung.migration: has no primary key\n"));
}

TEST_F(TamperedHistory, OfAViewInPlaceOfTheTableIsRefused) {
  EXPECT_EQ(RefusalAfter("ALTER TABLE rung.migration RENAME TO elsewhere;"
                         "CREATE VIEW rung.migration AS SELECT * FROM rung.elsewhere"),
            OfTables("rung: rung.migration: is a view, where a table of rung's own has to be\n"));
}

TEST_F(TamperedHistory, OfAMaterializedViewInPlaceOfTheAuditTrailIsRefused) {
  EXPECT_EQ(RefusalAfter("ALTER TABLE rung.event RENAME TO elsewhere;"
                         "CREATE MATERIALIZED VIEW rung.event AS SELECT * FROM rung.elsewhere"),
            OfTables("rung: rung.event: is a materialized view, where a table of rung's own has to "
                     "be\n"));
}

TEST_F(TamperedHistory, OfATableThatIsGoneIsNotMadeAgain) {
  EXPECT_EQ(RefusalAfter("DROP TABLE rung.migration"),
            OfTables("rung: rung.migration: is gone, and rung.own_step says that rung has made "
                     "it\n"));
}

TEST_F(TamperedHistory, OfTablesWhoseStepsAreGoneIsRefused) {
  EXPECT_EQ(
      RefusalAfter("DROP TABLE rung.own_step"),
      OfTables("rung: rung.migration: is there, and rung.own_step does not say that rung has "
               "made it\n"
               "rung: rung.statement: is there, and rung.own_step does not say that rung has "
               "made it\n"
               "rung: rung.event: is there, and rung.own_step does not say that rung has made "
               "it\n"));
}

TEST_F(TamperedHistory, OfStepsThatAreAViewIsRefused) {
  EXPECT_EQ(
      RefusalAfter("DROP TABLE rung.own_step;"
                   "CREATE VIEW rung.own_step AS SELECT 'x'::text AS table_name, 1 AS number"),
      OfTables("rung: rung.own_step: is not the table that rung has made\n"));
}

TEST_F(TamperedHistory, OfANewerRungIsLeftAlone) {
  EXPECT_EQ(RefusalAfter("INSERT INTO rung.own_step (table_name, number) VALUES ('migration', 99)"),
            "rung: rung.migration: a newer rung has made it, with columns that this one does not "
            "know\n"
            "  state: nothing was changed\n"
            "  next:  run the newer rung\n");
}

// A column that others have added for themselves is no harm.
TEST_F(TamperedHistory, IsNotAColumnMore) {
  project_.database.Query("ALTER TABLE rung.migration ADD COLUMN ticket text");
  project_.RunExpecting(0, {"up"});
}

// As the first version of these tables was: it is read as it is, and upgraded by what writes.
TEST(OlderHistory, IsReadAsItIsAndUpgradedByARun) {
  Project project;
  project.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  project.RunExpecting(0, {"up"});
  project.database.Query(R"(
    DROP TABLE rung.statement;
    ALTER TABLE rung.migration DROP COLUMN is_baseline, DROP COLUMN row_digest;
    ALTER TABLE rung.event DROP COLUMN version, DROP COLUMN statement, DROP COLUMN duration_ms,
      DROP COLUMN data;
    DELETE FROM rung.own_step
      WHERE number = 2 AND table_name IN ('migration', 'event') OR table_name = 'statement')");
  const std::string before = Fingerprint(project.database);
  project.RunExpecting(0, {"status"});
  EXPECT_EQ(project.RunExpecting(0, {"repair"}).out, "nothing to repair\n");
  EXPECT_EQ(Fingerprint(project.database), before);
  project.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN name text;\n");
  project.RunExpecting(0, {"up"});
  project.RunExpecting(0, {"up"});
  project.Write("migrations/001_item.sql", "CREATE TABLE item (id bigint);\n");
  EXPECT_EQ(Masked(project, project.RunExpecting(1, {"up"}).err),
            R"(rung: migrations/001_item.sql: changed since it was applied on <time>
  applied: sha256 <sha256>
  file:    sha256 <sha256>
  state: nothing was changed by this run
  next:  bring the files back to what was applied, and put changes into a new migration with the next number; `rung repair` accepts what is meant to be so
)");
}

}  // namespace
}  // namespace rung::test
