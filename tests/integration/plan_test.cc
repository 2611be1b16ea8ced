// What `up` would do, told without doing any of it; and the files that `new` makes.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

class Plan : public testing::Test {
 protected:
  Plan() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
CREATE TABLE item (id int PRIMARY KEY, client_id int REFERENCES client, org text);
INSERT INTO client SELECT generate_series(1, 10);
INSERT INTO item SELECT g, 1 + g % 10 FROM generate_series(1, 2000) g;
ANALYZE client, item;
)");
    project_.RunExpecting(0, {"up"});
  }

  // The plan, which must change nothing and be silent beside its result.
  std::string Text(std::vector<std::string> arguments = {"plan"}) {
    const std::string before = Fingerprint(project_.database);
    const Result result = project_.RunExpecting(0, std::move(arguments));
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(Fingerprint(project_.database), before);
    return result.out;
  }

  void WriteMore() {
    project_.Write("backfills/001_org.toml", R"([[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }
)");
    project_.Write("migrations/002_more.sql", R"(-- Several locks.
ALTER TABLE item
  ADD COLUMN name text;
CREATE TABLE part (id int PRIMARY KEY, item_id int REFERENCES item, name text);
CREATE INDEX part_name ON part (name);
UPDATE client SET org = 'a long text that goes on and on until nobody wants to read it' WHERE id > 3;
SELECT 1;
)");
    project_.Write("backfills/002_name.toml",
                   "[[fill]]\ntable = \"item\"\nset = { name = \"'n'\" }\n");
    project_.Write("migrations/003_index.sql",
                   "CREATE INDEX CONCURRENTLY item_org ON item (org);\n-- Nothing else.\n");
    project_.Write("migrations/004_empty.sql", "-- Nothing at all.\n");
  }

  Project project_;
};

TEST_F(Plan, OfAClimbedLadderIsOneLine) {
  EXPECT_EQ(Text(), "nothing to do: the ladder is climbed\n");
  EXPECT_EQ(Text({"plan", "--format", "json"}), "{\n  \"schema\": 1,\n  \"steps\": []\n}\n");
  EXPECT_EQ(Text({"plan", "--format", "csv"}),
            "rung,statement,lock,table,rows,size,does,how,warnings\n");
}

TEST_F(Plan, ShowsStatementsLocksSizesAndSweeps) {
  WriteMore();
  EXPECT_EQ(
      Text(),
      R"(rung       statement                                                     lock                    table    rows    size  does         how
---------  ------------------------------------------------------------  ----------------------  ------  -----  ------  -----------  -----------------------------------------------------------------------------------------
001_org    fill org                                                      ROW EXCLUSIVE           item    2,000   72 kB  fills rows   page sweep (an ordinary table)
002_more   ALTER TABLE item                                              ACCESS EXCLUSIVE        item    2,000   72 kB               one transaction
           CREATE TABLE part (id int PRIMARY KEY, item_id int REFERE...  SHARE ROW EXCLUSIVE     item    2,000   72 kB               one transaction
           CREATE INDEX part_name ON part (name)                         SHARE                   part                                one transaction; a new table
           UPDATE client SET org = 'a long text that goes on and on ...  ROW EXCLUSIVE           client     10  8.0 kB  writes rows  one transaction; UPDATE: the rows that match
           SELECT 1                                                                                                                  one transaction
002_name   fill name                                                     ROW EXCLUSIVE           item    2,000   72 kB  fills rows   after its migration
003_index  CREATE INDEX CONCURRENTLY item_org ON item (org)              SHARE UPDATE EXCLUSIVE  item    2,000   72 kB  INDEX BUILD  outside of a transaction; CREATE INDEX CONCURRENTLY: reads the table twice, blocks nobody
004_empty  (no statements)                                                                                                           one transaction
)");
}

TEST_F(Plan, IsTheSameInCsvUncut) {
  WriteMore();
  EXPECT_EQ(Text({"plan", "--format", "csv", "--to", "2"}),
            R"~(rung,statement,lock,table,rows,size,does,how,warnings
001_org,fill org,ROW EXCLUSIVE,item,2000,73728,fills rows,page sweep (an ordinary table),
002_more,ALTER TABLE item,ACCESS EXCLUSIVE,item,2000,73728,,one transaction,
002_more,"CREATE TABLE part (id int PRIMARY KEY, item_id int REFERENCES item, name text)",SHARE ROW EXCLUSIVE,item,2000,73728,,one transaction,
002_more,CREATE INDEX part_name ON part (name),SHARE,part,,,,one transaction; a new table,
002_more,UPDATE client SET org = 'a long text that goes on and on until nobody wants to read it' WHERE id > 3,ROW EXCLUSIVE,client,10,8192,writes rows,one transaction; UPDATE: the rows that match,
002_more,SELECT 1,,,,,,one transaction,
002_name,fill name,ROW EXCLUSIVE,item,2000,73728,fills rows,after its migration,
)~");
}

TEST_F(Plan, IsNumbersInJson) {
  WriteMore();
  const auto json = nlohmann::json::parse(Text({"plan", "--format", "json", "--to", "1"}));
  EXPECT_EQ(
      json.dump(),
      R"~({"schema":1,"steps":[{"certain":true,"does":"fills rows","how":"page sweep (an ordinary table)",)~"
      R"~("lock":"ROW EXCLUSIVE","locks":[{"lock":"ROW EXCLUSIVE","table":"item"}],"new_table":false,)~"
      R"~("place":"backfills/001_org.toml:1","rows":2000,"rung":"001_org","size":73728,)~"
      R"~("statement":"fill org","table":"item","transaction":true,"warnings":[],"why":null}]})~");
}

TEST_F(Plan, GoesOnWhereAFileWasInterrupted) {
  project_.Write("migrations/002_steps.sql",
                 "-- rung: no-transaction\nCREATE TABLE a (id int);\nSELECT nothing;\nSELECT 3;\n");
  project_.RunExpecting(1, {"up"});
  EXPECT_EQ(Text({"plan", "--format", "csv"}),
            R"(rung,statement,lock,table,rows,size,does,how,warnings
002_steps,SELECT nothing,,,,,,outside of a transaction,
002_steps,SELECT 3,,,,,,outside of a transaction,
)");
}

TEST_F(Plan, WorksInReadOnlyMode) {
  WriteMore();
  project_.database.Query("ALTER DATABASE " + project_.database.name() +
                          " SET default_transaction_read_only = on");
  EXPECT_NE(Text().find("003_index"), std::string::npos);
}

TEST_F(Plan, OfADatabaseThatHasSeenNothing) {
  Project project;
  project.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  EXPECT_EQ(project.RunExpecting(0, {"plan"}).out,
            R"(rung      statement                   lock  table  rows  size  does  how
--------  --------------------------  ----  -----  ----  ----  ----  ---------------
001_item  CREATE TABLE item (id int)                                 one transaction
)");
}

class New : public testing::Test {
 protected:
  std::string File(const std::string& name) {
    std::ifstream in(project_.directory.path() / name);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  Project project_;
};

TEST_F(New, MakesTheNextMigrationWithoutADatabase) {
  project_.Write("migrations/0099_item.sql", "SELECT 1;\n");
  Command command = project_.Rung({"new", "migration", "Add Status to calls!"});
  command.environment = {"PGHOST=/nonexistent"};
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(result.out, "migrations/0100_add_status_to_calls.sql\n");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(File("migrations/0100_add_status_to_calls.sql"), "-- Add Status to calls!\n\n");
}

TEST_F(New, MakesTheFirstMigrationAndItsBackfill) {
  std::filesystem::remove(project_.directory.path() / "migrations");
  EXPECT_EQ(project_.RunExpecting(0, {"new", "migration", "item"}).out,
            "migrations/001_item.sql\n");
  EXPECT_EQ(project_.RunExpecting(0, {"new", "backfill", "org"}).out, "backfills/001_org.toml\n");
  EXPECT_EQ(File("backfills/001_org.toml"), R"(# Runs after migration 001, before the next one.
description = "org"

[[fill]]
tables = ["table_to_fill"]
from   = "source_table"
match  = "source_table.id = source_id"
set    = { target_column = "source_table.source_column" }
)");
  EXPECT_EQ(project_.RunExpecting(0, {"new", "migration", "more"}).out,
            "migrations/002_more.sql\n");
}

TEST_F(New, WritesADescriptionThatIsTomlAndAComment) {
  project_.RunExpecting(0, {"new", "migration", "say \"hi\"\nDROP TABLE item;"});
  project_.RunExpecting(0, {"new", "backfill", "say \"hi\" \\ now"});
  EXPECT_EQ(project_.RunExpecting(0, {"status", "--format", "csv"}).out, R"(rung,kind,state,detail
001_say_hi_drop_table_item,migration,pending,
001_say_hi_now,backfill,pending,
)");
  EXPECT_EQ(File("migrations/001_say_hi_drop_table_item.sql"),
            "-- say \"hi\"\n-- DROP TABLE item;\n\n");
}

TEST_F(New, RefusesWhatIsNoKindAndNoName) {
  EXPECT_EQ(project_.RunExpecting(2, {"new", "migrations", "x"}).err,
            R"(rung: `migrations` is neither migration nor backfill
  state: no file was made
  next:  see `rung help new`
)");
  EXPECT_EQ(project_.RunExpecting(2, {"new", "migration", "!?"}).err,
            R"(rung: a name needs a letter or a digit
  state: no file was made
  next:  see `rung help new`
)");
  EXPECT_TRUE(std::filesystem::is_empty(project_.directory.path() / "migrations"));
}

}  // namespace
}  // namespace rung::test
