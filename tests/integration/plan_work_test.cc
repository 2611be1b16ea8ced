// What each statement will do to the rows of its table, and that it does just that.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/project.h"

namespace rung::test {
namespace {

class PlanWork : public testing::Test {
 protected:
  PlanWork() {
    project_.Write("migrations/001_item.sql", R"(
CREATE DOMAIN plain AS text;
CREATE DOMAIN short AS text CHECK (length(VALUE) < 5);
CREATE FUNCTION steady() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';
CREATE FUNCTION moving() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
CREATE TABLE item (
  id int PRIMARY KEY, a varchar(10), b varchar(10) CHECK (b <> ''), c text, d timestamp,
  e text, n int NOT NULL,
  CONSTRAINT proof CHECK (c IS NOT NULL));
CREATE UNIQUE INDEX item_n ON item (n);
ALTER TABLE item ADD CONSTRAINT later CHECK (n > 0) NOT VALID;
ALTER TABLE item ADD CONSTRAINT a_there CHECK (a IS NOT NULL) NOT VALID;
INSERT INTO item SELECT g, 'a', 'b', 'c', now(), 'e', g FROM generate_series(1, 100) g;
CREATE TABLE part (id int) PARTITION BY LIST (id);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
INSERT INTO part SELECT 1 FROM generate_series(1, 50);
ANALYZE;
)");
    project_.RunExpecting(0, {"up"});
    project_.database.Query("ALTER DATABASE " + project_.database.name() +
                            " SET timezone = 'Europe/Berlin'");
    project_.database.Query("SET timezone = 'Europe/Berlin'");
  }

  // What the plan says of this text as the next file: "REWRITE", "SCAN?" …, a line a statement.
  std::string Does(const std::string& text) {
    project_.Write("migrations/002_next.sql", text);
    const auto plan =
        nlohmann::json::parse(project_.RunExpecting(0, {"plan", "--format", "json"}).out);
    std::string does;
    for (const auto& step : plan["steps"]) {
      does += (does.empty() ? "" : ", ") +
              (step["does"].is_null() ? "-" : step["does"].get<std::string>()) +
              (step["certain"].get<bool>() ? "" : "?");
    }
    return does;
  }

  std::string Node() { return project_.database.Value("SELECT pg_relation_filenode('item')"); }

  Project project_;
};

TEST_F(PlanWork, SaysREWRITEWhereTheTableIsWrittenAnew) {
  for (const char* text :
       {"ALTER TABLE item ALTER n TYPE bigint", "ALTER TABLE item ALTER a TYPE varchar(5)",
        "ALTER TABLE item ALTER d TYPE timestamptz", "ALTER TABLE item ADD x int DEFAULT moving()",
        "ALTER TABLE item ADD x uuid DEFAULT gen_random_uuid()", "ALTER TABLE item ADD x bigserial",
        "ALTER TABLE item ADD x int GENERATED ALWAYS AS (n + 1) STORED",
        "ALTER TABLE item ADD x short", "ALTER TABLE item ALTER e TYPE short",
        "ALTER TABLE item SET UNLOGGED"}) {
    EXPECT_EQ(Does(text), "REWRITE") << text;
    const std::string before = Node();
    project_.database.Query("BEGIN");
    project_.database.Query(text);
    EXPECT_NE(Node(), before) << text;
    project_.database.Query("ROLLBACK");
  }
}

TEST_F(PlanWork, SaysNothingWhereTheRowsStayAsTheyAre) {
  for (const char* text :
       {"ALTER TABLE item ALTER a TYPE varchar(20)", "ALTER TABLE item ALTER a TYPE text",
        "ALTER TABLE item ALTER e TYPE plain", "ALTER TABLE item ADD x int DEFAULT steady()",
        "ALTER TABLE item ADD x plain", "ALTER TABLE item SET LOGGED",
        "ALTER TABLE item SET TABLESPACE pg_default", "ALTER TABLE item SET ACCESS METHOD heap",
        "ALTER TABLE item ALTER c SET NOT NULL", "ALTER TABLE item ALTER n SET NOT NULL",
        "ALTER TABLE item VALIDATE CONSTRAINT proof",
        "ALTER TABLE item DROP CONSTRAINT item_pkey, ADD PRIMARY KEY USING INDEX item_n"}) {
    EXPECT_EQ(Does(text), "-") << text;
    const std::string before = Node();
    project_.database.Query("BEGIN");
    project_.database.Query(text);
    EXPECT_EQ(Node(), before) << text;
    project_.database.Query("ROLLBACK");
  }
}

TEST_F(PlanWork, SaysSCANWhereEveryRowIsLookedAt) {
  for (const char* text :
       {"ALTER TABLE item ALTER b TYPE varchar(20)", "ALTER TABLE item ALTER a SET NOT NULL",
        "ALTER TABLE item VALIDATE CONSTRAINT later", "ALTER TABLE item ADD CHECK (n > 0)"}) {
    EXPECT_EQ(Does(text), "SCAN") << text;
  }
  EXPECT_EQ(Does("ALTER TABLE item ADD FOREIGN KEY (n) REFERENCES item"), "SCAN");
}

TEST_F(PlanWork, KnowsTheTimeZoneInWhichATimestampStaysAsItIs) {
  project_.database.Query("ALTER DATABASE " + project_.database.name() + " SET timezone = 'UTC'");
  EXPECT_EQ(Does("ALTER TABLE item ALTER d TYPE timestamptz"), "-");
}

TEST_F(PlanWork, TakesAProofThatAnEarlierPendingStatementMakes) {
  EXPECT_EQ(Does("ALTER TABLE item VALIDATE CONSTRAINT a_there;\n"
                 "ALTER TABLE item ALTER a SET NOT NULL;\n"),
            "SCAN, -");
  EXPECT_EQ(Does("ALTER TABLE item ADD CONSTRAINT x CHECK (b IS NOT NULL) NOT VALID;\n"
                 "ALTER TABLE item VALIDATE CONSTRAINT x;\n"
                 "ALTER TABLE item ALTER b SET NOT NULL;\n"),
            "-, SCAN?, -");
}

TEST_F(PlanWork, SeesNoDangerInATableThatAPendingStatementMakes) {
  EXPECT_EQ(Does("CREATE TABLE made (id int, a text);\nCREATE INDEX ON made (a);\n"
                 "ALTER TABLE made ALTER id TYPE bigint, ALTER a SET NOT NULL;\n"
                 "ALTER TABLE made RENAME TO other;\nUPDATE other SET a = 'x';\n"),
            "-, -, -, -, -");
  EXPECT_EQ(Does("CREATE TABLE IF NOT EXISTS item (id int);\nCREATE INDEX ON item (a);\n"),
            "-, INDEX BUILD");
}

TEST_F(PlanWork, ShowsThePlaceTheTableAndItsSize) {
  project_.Write("migrations/002_next.sql",
                 "-- First\nDROP INDEX item_n;\nALTER TABLE part ADD CHECK (id > 0);\n");
  EXPECT_EQ(
      project_.RunExpecting(0, {"plan"}).out,
      R"(rung      statement                            lock              table  rows    size  does  how
--------  -----------------------------------  ----------------  -----  ----  ------  ----  ----------------------------------------------
002_next  DROP INDEX item_n                    ACCESS EXCLUSIVE  item    100  8.0 kB        one transaction
          ALTER TABLE part ADD CHECK (id > 0)  ACCESS EXCLUSIVE  part     50  8.0 kB  SCAN  one transaction; CHECK: every row is looked at
)");
  const auto plan =
      nlohmann::json::parse(project_.RunExpecting(0, {"plan", "--format", "json"}).out);
  EXPECT_EQ(
      plan["steps"][1].dump(),
      R"~({"certain":true,"does":"SCAN","how":"one transaction","lock":"ACCESS EXCLUSIVE",)~"
      R"~("locks":[{"lock":"ACCESS EXCLUSIVE","table":"part"}],"new_table":false,)~"
      R"~("place":"migrations/002_next.sql:3","rows":50,"rung":"002_next","size":8192,)~"
      R"~("statement":"ALTER TABLE part ADD CHECK (id > 0)","table":"part","transaction":true,)~"
      R"~("warnings":[],)~"
      R"~("why":"CHECK: every row is looked at"})~");
}

}  // namespace
}  // namespace rung::test
