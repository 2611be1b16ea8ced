// Rows that the database refuses: set aside one by one, told, listed, tried again; all others are filled.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "integration/gate.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Rejects : public testing::Test {
 protected:
  void Prepare(const std::string& tables, const std::string& fill) {
    project_.Write("migrations/001_tables.sql", tables);
    project_.Write("backfills/001_org.toml", fill);
    project_.Write("migrations/002_note.sql", "CREATE TABLE note (id int);\n");
    project_.RunExpecting(3, {"migrate"});
  }

  // 6,000 rows in 16 slices; those whose number is a multiple of 1,500 are refused.
  void PrepareItems() {
    Prepare(R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
INSERT INTO client SELECT g, 'org_' || g FROM generate_series(1, 50) g;
CREATE TABLE item (id int PRIMARY KEY, client_id int, org text, payload text, open boolean DEFAULT false,
  CONSTRAINT no_third CHECK (org IS NULL OR id % 1500 > 0 OR open));
INSERT INTO item SELECT g, 1 + g % 50, NULL, repeat('x', 300) FROM generate_series(1, 6000) g;
ANALYZE item;
)",
            R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }
)");
  }

  Rows Query(const std::string& sql) { return project_.database.Query(sql); }
  std::string Value(const std::string& sql) { return project_.database.Value(sql); }

  std::string Told(int exit, std::vector<std::string> arguments) {
    return Masked(project_, project_.RunExpecting(exit, std::move(arguments)).err);
  }

  std::string Listed(std::vector<std::string> arguments = {"rejects"}) {
    return Masked(project_, project_.RunExpecting(0, std::move(arguments)).out);
  }

  Project project_;
};

constexpr const char* kBecauseOfCheck =
    "new row for relation \"item\" violates check constraint \"no_third\" [23514]";

TEST_F(Rejects, AreSetAsideAndToldAndEveryOtherRowIsFilled) {
  PrepareItems();
  const std::string why = kBecauseOfCheck;
  EXPECT_EQ(Told(3, {"up"}),
            "001_org: 1 of 1 tables to fill, 1 worker\n"
            "item: row 4500 is set aside: " +
                why +
                "\n"
                "item: row 3000 is set aside: " +
                why +
                "\n"
                "item: row 6000 is set aside: " +
                why +
                "\n"
                "item: row 1500 is set aside: " +
                why +
                "\n"
                "item: 5,996 rows filled, 4 set aside\n"
                "warning: 001_org: not complete, 4 rows are set aside (4 of item): `rung rejects "
                "001_org` shows why; mend that, then `rung rejects 001_org --retry`, and run this "
                "again\n");
  EXPECT_EQ(Query("SELECT count(*), min(id % 1500), max(id % 1500) FROM item WHERE org IS NULL"),
            (Rows{{"4", "0", "0"}}));
  EXPECT_EQ(Query("SELECT b.state, f.state, rows_filled FROM rung.backfill b, rung.fill f"),
            (Rows{{"running", "complete", "5996"}}));
  EXPECT_EQ(Value("SELECT count(*) FROM rung.chunk"), "0");
  EXPECT_EQ(Value("SELECT count(*) FROM rung.migration"), "1");  // the gate is shut
}

TEST_F(Rejects, CostAFewStatementsForEachWhateverTheSlice) {
  PrepareItems();
  Query(
      "CREATE TABLE tries (n int); CREATE SEQUENCE tried;"
      "CREATE FUNCTION count_try() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM nextval('tried'); RETURN NULL; END $$;"
      "CREATE TRIGGER count_try BEFORE UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION "
      "count_try()");
  project_.RunExpecting(3, {"up"});
  // Of 6,000 rows: the usual batches, and for each of four rows two halves a step at most.
  EXPECT_LT(std::stoi(Value("SELECT last_value FROM tried")), 40 + 4 * 2 * 13);
}

TEST_F(Rejects, AreListedWithTheReason) {
  PrepareItems();
  EXPECT_EQ(Listed(), "no row is set aside\n");
  project_.RunExpecting(3, {"up"});
  Query("UPDATE item SET open = true WHERE id IN (3000, 4500)");
  Query("DELETE FROM item WHERE id = 6000");
  EXPECT_EQ(Told(3, {"rejects", "001", "--retry"}),
            "001_org: 2 filled, 1 gone or filled meanwhile, 1 refused again\n");
  EXPECT_EQ(Listed(),
            R"(backfill  table  key   SQLSTATE  attempts  last                    message
--------  -----  ----  --------  --------  ----------------------  ----------------------------------------------------------------
001_org   item   1500  23514            2  <time>  new row for relation "item" violates check constraint "no_third"
)");
  EXPECT_EQ(Listed({"rejects", "org", "--format", "csv"}),
            "backfill,table,key,sqlstate,message,attempts,first_at,last_at\n"
            "001_org,item,1500,23514,\"new row for relation \"\"item\"\" violates check constraint "
            "\"\"no_third\"\"\",2,<time>,<time>\n");
  EXPECT_EQ(Listed({"rejects", "--format", "json"}), R"({
  "schema": 1,
  "rejects": [
    {
      "backfill": "001_org",
      "table": "item",
      "key": [
        "1500"
      ],
      "sqlstate": "23514",
      "message": "new row for relation \"item\" violates check constraint \"no_third\"",
      "attempts": 2,
      "first_at": "<time>",
      "last_at": "<time>"
    }
  ]
}
)");
  EXPECT_EQ(Told(2, {"rejects", "002"}),
            "rung: no backfill `002` is begun\n  state: nothing was changed\n"
            "  next:  see `rung status`\n");
}

TEST_F(Rejects, ThatWorkWhenTriedAgainOpenTheGate) {
  PrepareItems();
  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(Told(3, {"rejects", "--retry"}),
            "001_org: 0 filled, 0 gone or filled meanwhile, 4 refused again\n");
  Query("ALTER TABLE item DROP CONSTRAINT no_third");
  EXPECT_EQ(Told(0, {"rejects", "--retry"}),
            "001_org: 4 filled, 0 gone or filled meanwhile, 0 refused again; `rung up` or `rung "
            "backfill 001_org` verifies it once more\n");
  EXPECT_EQ(Told(0, {"rejects", "--retry"}), "no row is set aside\n");
  EXPECT_EQ(Query("SELECT count(org), (SELECT rows_filled FROM rung.fill) FROM item"),
            (Rows{{"6000", "6000"}}));
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Value("SELECT state FROM rung.backfill"), "complete");
  EXPECT_EQ(Value("SELECT count(*) FROM rung.migration"), "2");
  EXPECT_EQ(Query("SELECT detail FROM rung.event WHERE kind = 'rejects retried' ORDER BY id"),
            (Rows{{"0 filled, 0 gone or filled meanwhile, 4 refused again"},
                  {"4 filled, 0 gone or filled meanwhile, 0 refused again"}}));
}

// The application fills some and deletes others; the next run sees it without being asked to retry, and
// verifies: rows that came meanwhile are filled too.
TEST_F(Rejects, ThatAreMendedOrGoneAreForgottenByTheNextRun) {
  PrepareItems();
  project_.RunExpecting(3, {"up"});
  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(Value("SELECT string_agg(attempts::text, ' ') FROM rung.reject"), "1 1 1 1");
  Query("UPDATE item SET open = true, org = 'own' WHERE id <= 3000 AND org IS NULL");
  Query("DELETE FROM item WHERE id > 3000 AND org IS NULL");
  Query("INSERT INTO item VALUES (7001, 1)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT count(*), count(org), count(*) FILTER (WHERE org = 'own') FROM item"),
            (Rows{{"5999", "5999", "2"}}));
  EXPECT_EQ(Query("SELECT state, (SELECT count(*) FROM rung.reject) FROM rung.backfill"),
            (Rows{{"complete", "0"}}));
}

TEST_F(Rejects, BeyondTheLimitStopTheRun) {
  PrepareItems();
  const std::string why = kBecauseOfCheck;
  const auto told = [&](const std::string& row, const std::string& most) {
    return "rung: backfills/001_org.toml:2: item: row " + row + " is refused, one more than the " +
           most + " that may be set aside: " + why +
           "\n  state: this batch is rolled back, every batch before it is kept\n"
           "  next:  see `rung rejects 001_org`; mend the rows or what refuses them, or allow more "
           "with --max-rejects, then run it again: it goes on from here\n";
  };
  const auto error = [&](const std::string& most) {
    const std::string text = Told(1, {"backfill", "--max-rejects", most});
    const size_t at = text.find("rung: ");
    const size_t detail = text.find("  detail: ");
    return text.substr(at, detail - at) + text.substr(text.find("  state: "));
  };
  EXPECT_EQ(error("0"), told("4500", "0"));
  EXPECT_EQ(Value("SELECT count(*) FROM rung.reject"), "0");
  EXPECT_EQ(error("2"), told("6000", "2"));
  EXPECT_EQ(Value("SELECT count(*) FROM rung.reject"), "2");
  EXPECT_EQ(error("2"), told("6000", "2"));
  project_.RunExpecting(3, {"backfill", "--max-rejects", "4"});
  EXPECT_EQ(Query("SELECT count(org), (SELECT rows_filled FROM rung.fill) FROM item"),
            (Rows{{"5996", "5996"}}));
}

TEST_F(Rejects, AreShownByStatusAndReport) {
  PrepareItems();
  project_.RunExpecting(3, {"up"});
  // How many updates were HOT is another each time.
  EXPECT_EQ(std::regex_replace(Masked(project_, project_.RunExpecting(0, {"status"}).out),
                               std::regex("(rows/s) +HOT|(------)  -+(?=  ----  -------  )|"
                                          "(       0)  (?: *[0-9]+ %| {3,4})(?=     1 )"),
                               "$1$2$3"),
            R"(rung        kind       state    detail
----------  ---------  -------  -------------------------------------------------------------
001_tables  migration  applied  <time>, <duration>
001_org     backfill   running  100 %, 1 of 1 tables, 5,996 rows filled, 4 rows are set aside
002_note    migration  pending  waits for backfill 001_org

001_org
table        state      done  filled  of about  rows/s  pass  workers  set aside
-----------  --------  -----  ------  --------  ------  ----  -------  ---------
public.item  complete  100 %   5,996     6,000       0     1        0          4
)");
  const auto status =
      nlohmann::json::parse(project_.RunExpecting(0, {"status", "--format", "json"}).out);
  EXPECT_EQ(status.at("rungs").at(1).at("rows_set_aside"), 4);
  EXPECT_EQ(status.at("rungs").at(1).at("fills").at(0).at("rows_set_aside"), 4);
  EXPECT_EQ(project_.RunExpecting(3, {"report"}).out,
            R"(001_org

table   rows  filled  missing  fillable  no parent key  no such parent  parent has no value  mismatch  set aside
-----  -----  ------  -------  --------  -------------  --------------  -------------------  --------  ---------
item   6,000   5,996        4         0              0               0                    0         0          4
-----  -----  ------  -------  --------  -------------  --------------  -------------------  --------  ---------
total  6,000   5,996        4         0              0               0                    0         0          4

4 of 6,000 rows lack their value.
  4 were refused and are set aside: `rung rejects 001_org` shows why
)");
}

// What fails is not the write but the question: neither batch, verification nor report may ask it again.
TEST_F(Rejects, WhoseOwnExpressionFailsAreLeftOutOfEveryQuestion) {
  Prepare(
      R"(
CREATE TABLE item (id int PRIMARY KEY, raw text, number int);
INSERT INTO item SELECT g, CASE WHEN g % 400 = 0 THEN 'none' ELSE g::text END FROM generate_series(1, 1000) g;
)",
      "[[fill]]\ntable = \"item\"\nset = { number = \"raw::int\" }\nwhere = \"raw::int > 0\"\n");
  EXPECT_EQ(Told(3, {"up"}),
            R"(001_org: 1 of 1 tables to fill, 1 worker
item: row 400 is set aside: invalid input syntax for type integer: "none" [22P02]
item: row 800 is set aside: invalid input syntax for type integer: "none" [22P02]
item: 998 rows filled, 2 set aside
warning: 001_org: not complete, 2 rows are set aside (2 of item): `rung rejects 001_org` shows why; mend that, then `rung rejects 001_org --retry`, and run this again
)");
  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(project_.RunExpecting(3, {"report", "--format", "csv"}).out,
            "backfill,table,rows,filled,missing,fillable,no_parent_key,no_parent,no_value,"
            "mismatches,set_aside\n001_org,item,1000,998,2,0,0,0,0,0,2\n");
  Query("UPDATE item SET raw = '7' WHERE id = 400");
  EXPECT_EQ(Told(3, {"rejects", "--retry"}),
            "001_org: 1 filled, 0 gone or filled meanwhile, 1 refused again\n");
  Query("UPDATE item SET raw = '-1' WHERE id = 800");
  EXPECT_EQ(Told(0, {"rejects", "--retry"}),
            "001_org: 0 filled, 1 gone or filled meanwhile, 0 refused again; `rung up` or `rung "
            "backfill 001_org` verifies it once more\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT count(number), sum(number) FILTER (WHERE id = 400) FROM item"),
            (Rows{{"999", "7"}}));
}

// Neither the sweep that is over nor the count that fails says which row it is: the next pass does.
TEST_F(Rejects, WhoseOwnExpressionFailsAreFoundWhereTheyCameAfterTheSweep) {
  Prepare(R"(
CREATE TABLE item (id int PRIMARY KEY, raw text, number int);
INSERT INTO item SELECT g, g::text FROM generate_series(1, 1000) g;
)",
          "[[fill]]\ntable = \"item\"\nset = { number = \"raw::int\" }\n");
  project_.RunExpecting(0, {"up"});
  Query("INSERT INTO item VALUES (1001, 'none'), (1002, '7')");
  project_.RunExpecting(3, {"backfill", "--again"});
  EXPECT_EQ(Query("SELECT key, sqlstate FROM rung.reject"), (Rows{{"{1001}", "22P02"}}));
  EXPECT_EQ(Value("SELECT number FROM item WHERE id = 1002"), "7");
}

TEST_F(Rejects, OfADeferredConstraintAreFoundBeforeTheCommit) {
  Prepare(R"(
CREATE TABLE org (name text PRIMARY KEY);
INSERT INTO org SELECT 'org_' || g FROM generate_series(1, 99) g;
CREATE TABLE item (id int PRIMARY KEY, org text REFERENCES org DEFERRABLE INITIALLY DEFERRED);
INSERT INTO item SELECT generate_series(1, 100);
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.id = 7 THEN RAISE 'seven is out' USING ERRCODE = 'ORG07'; END IF; RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER refuse AFTER UPDATE ON item DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION refuse();
)",
          "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(Query("SELECT key, sqlstate, message FROM rung.reject ORDER BY key"),
            (Rows{{"{100}", "23503",
                   "insert or update on table \"item\" violates foreign key constraint "
                   "\"item_org_fkey\""},
                  {"{7}", "ORG07", "seven is out"}}));
  EXPECT_EQ(Value("SELECT count(org) FROM item"), "98");
}

TEST_F(Rejects, OfATableWithoutAKeyAreKnownByTheirPosition) {
  Prepare(
      "CREATE TABLE item (id int, org text CHECK (org <> 'org_77'));\n"
      "INSERT INTO item SELECT generate_series(1, 100);\n",
      "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(Query("SELECT key, count(*) FROM rung.reject GROUP BY 1"),
            (Rows{{"{\"(0,77)\"}", "1"}}));
  EXPECT_EQ(Value("SELECT count(org) FROM item"), "99");
  // Moved by its own update it is another row to us: refused again, and not filled twice.
  Query("UPDATE item SET id = 77 WHERE id = 77");
  project_.RunExpecting(3, {"up"});
  EXPECT_EQ(Value("SELECT count(*) FROM rung.reject"), "1");
  EXPECT_NE(Value("SELECT key FROM rung.reject"), "{\"(0,77)\"}");
  Query("ALTER TABLE item DROP CONSTRAINT item_org_check");
  project_.RunExpecting(0, {"rejects", "--retry"});
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Value("SELECT count(org) FROM item"), "100");
}

TEST_F(Rejects, OfAFillThatRunsOnceAreVisitedOnceWhenTheyWork) {
  Prepare(R"(
CREATE TABLE item (a int, b text, hits int NOT NULL DEFAULT 0, most int NOT NULL DEFAULT 9, PRIMARY KEY (a, b),
  CHECK (hits <= most));
INSERT INTO item SELECT g / 3, 'k,"' || g % 3, 0, CASE WHEN g % 333 = 0 THEN 0 ELSE 9 END FROM generate_series(1, 3000) g;
ANALYZE item;
)",
          "[[fill]]\ntable = \"item\"\nset = { hits = \"hits + 1\" }\nonce = true\n");
  project_.RunExpecting(3, {"up", "--jobs", "2", "--batch-ms", "1"});
  EXPECT_EQ(Query("SELECT hits, most, count(*) FROM item GROUP BY 1, 2 ORDER BY 1"),
            (Rows{{"0", "0", "9"}, {"1", "9", "2991"}}));
  EXPECT_EQ(Query("SELECT rows_filled, (SELECT count(*) FROM rung.reject) FROM rung.fill"),
            (Rows{{"2991", "9"}}));
  Query("UPDATE item SET most = 5 WHERE most = 0 AND a < 500");
  project_.RunExpecting(3, {"rejects", "--retry"});
  project_.RunExpecting(3, {"up"});
  Query("UPDATE item SET most = 5 WHERE most = 0");
  project_.RunExpecting(0, {"rejects", "--retry"});
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT hits, count(*) FROM item GROUP BY 1"), (Rows{{"1", "3000"}}));
  EXPECT_EQ(Value("SELECT rows_filled FROM rung.fill"), "3000");
}

TEST_F(Rejects, OfEveryLeafOfAPartitionedTable) {
  Prepare(R"(
CREATE TABLE event (id int, month int, org text, PRIMARY KEY (month, id), CHECK (org IS NULL OR id % 250 > 0))
  PARTITION BY LIST (month);
CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2);
INSERT INTO event SELECT g, 1 + g % 2 FROM generate_series(1, 1000) g;
INSERT INTO event VALUES (250, 2);
)",
          "[[fill]]\ntable = \"event\"\nset = { org = \"'x'\" }\n");
  project_.RunExpecting(3, {"up", "--jobs", "2"});
  EXPECT_EQ(Query("SELECT relation, array_agg(key::text ORDER BY key) FROM rung.reject "
                  "JOIN rung.fill f ON f.id = fill_id GROUP BY 1 ORDER BY 1"),
            (Rows{{"public.event_1", R"({"{1,1000}","{1,250}","{1,500}","{1,750}"})"},
                  {"public.event_2", R"({"{2,250}"})"}}));
  EXPECT_EQ(project_.RunExpecting(3, {"report", "--format", "csv"}).out,
            "backfill,table,rows,filled,missing,fillable,no_parent_key,no_parent,no_value,"
            "mismatches,set_aside\n001_org,event,1001,996,5,0,0,0,0,0,5\n");
}

// The fault is the statement's: nothing is to be found by halving.
TEST_F(Rejects, AreNotLookedForWhereARightIsMissing) {
  Prepare(
      "CREATE TABLE item (id int PRIMARY KEY, org text);\n"
      "INSERT INTO item SELECT generate_series(1, 100);\n"
      "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS\n"
      "$$ BEGIN RAISE 'not for you' USING ERRCODE = '42501'; END $$;\n"
      "CREATE TRIGGER refuse BEFORE UPDATE ON item FOR EACH ROW EXECUTE FUNCTION refuse();\n",
      "[[fill]]\ntable = \"item\"\nset = { org = \"'x'\" }\n");
  EXPECT_EQ(Told(1, {"up"}),
            R"(warning: 001_org: item: trigger refuse fires: BEFORE UPDATE, each row
001_org: 1 of 1 tables to fill, 1 worker
rung: backfills/001_org.toml:1: item: not for you [42501]
  context: PL/pgSQL function refuse() line 1 at RAISE
  state: this batch is rolled back, every batch before it is kept
  next:  remove the cause, then run it again: it goes on from here
)");
  EXPECT_EQ(Value("SELECT count(*) FROM rung.reject"), "0");
}

TEST_F(Rejects, FoundByTwoWorkersAtOnceAreCountedOnce) {
  PrepareItems();
  Query(
      "ALTER TABLE item DROP CONSTRAINT no_third; "
      "ALTER TABLE item ADD CHECK (org IS NULL OR id % 100 > 0)");
  project_.RunExpecting(3, {"up", "--jobs", "4", "--batch-ms", "1"});
  EXPECT_EQ(Query("SELECT count(org), (SELECT rows_filled FROM rung.fill), "
                  "(SELECT count(*) FROM rung.reject), (SELECT max(attempts) FROM rung.reject) "
                  "FROM item"),
            (Rows{{"5940", "5940", "60", "1"}}));
}

}  // namespace
}  // namespace rung::test
