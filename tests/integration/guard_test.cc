// guard = true: rows that the application writes while a backfill runs, and after it, are right at once.
// And without it: what is wrong is told, and mended on request.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/test_role.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kTables = R"(
CREATE TABLE client (id int PRIMARY KEY, org text, name text);
INSERT INTO client SELECT g, 'org_' || g FROM generate_series(1, 50) g;
CREATE TABLE item (id int PRIMARY KEY, client_id int, org text, payload text);
INSERT INTO item SELECT g, 1 + g % 50, NULL, repeat('x', 100) FROM generate_series(1, 8000) g;
ANALYZE item;
)";

constexpr const char* kFill = R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }
)";

constexpr const char* kWrong =
    "SELECT count(*) FROM item i LEFT JOIN client c ON c.id = client_id WHERE i.org IS DISTINCT "
    "FROM c.org";

class Guard : public testing::Test {
 protected:
  void Prepare(const std::string& tables, const std::string& fill) {
    project_.Write("migrations/001_tables.sql", tables);
    project_.Write("backfills/001_org.toml", fill);
    project_.RunExpecting(0, {"migrate"});
  }

  // The application writes while rung stands in its first batch: new rows, rows that go to another
  // client, and a client whose value changes. Returns what the run told.
  std::string RunWithLiveWriters() {
    Gate gate(project_.database);
    Query(
        "CREATE TRIGGER stand_at_gate AFTER UPDATE ON item FOR EACH STATEMENT WHEN "
        "(current_setting('application_name') LIKE 'rung %') EXECUTE FUNCTION stand_at_gate()");
    pg::Connection application = project_.database.Connect("application");
    std::jthread writer;
    WatchedRun run(project_, {"backfill", "--batch-ms", "1"});
    EXPECT_TRUE(gate.WaitUntilReached());
    Query("INSERT INTO item SELECT g, 1 + g % 50 FROM generate_series(9001, 9100) g");
    Query(
        "UPDATE item SET client_id = 9 WHERE id IN (SELECT id FROM item WHERE client_id = 3 "
        "ORDER BY id LIMIT 5 FOR UPDATE SKIP LOCKED)");
    std::atomic<bool> is_written = false;
    writer = std::jthread([&] {
      application.Exec("UPDATE client SET org = 'new_' || id WHERE id <= 25");
      is_written = true;
    });
    EXPECT_TRUE(WaitUntil([&] { return is_written || Waits("application"); }));
    gate.Open();
    EXPECT_EQ(run.Wait().exit, 0) << run.Told();
    writer.join();
    return run.Told();
  }

  bool Waits(const std::string& application) {
    return Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "wait_event_type = 'Lock' AND application_name = '" +
               application + "'") != "0";
  }

  Rows Query(const std::string& sql) { return project_.database.Query(sql); }
  std::string Value(const std::string& sql) { return project_.database.Value(sql); }

  std::string Told(int exit, std::vector<std::string> arguments) {
    return Masked(project_, project_.RunExpecting(exit, std::move(arguments)).err);
  }

  Project project_;
};

TEST_F(Guard, KeepsRowsRightThatAreWrittenMeanwhileAndAfterwards) {
  Prepare(kTables, std::string(kFill) + "guard = true\n");
  RunWithLiveWriters();
  EXPECT_EQ(Value(kWrong), "0");
  project_.RunExpecting(0, {"report"});
  // Nothing of rung runs now.
  Query("INSERT INTO item VALUES (9999, 7)");
  Query("UPDATE item SET client_id = 30 WHERE client_id = 31");
  Query("UPDATE client SET org = NULL WHERE id = 8; UPDATE client SET org = 'late' WHERE id = 9");
  EXPECT_EQ(Value(kWrong), "0");
  EXPECT_EQ(Value("SELECT count(*) FROM item WHERE org = 'late'"),
            Value("SELECT count(*) FROM item WHERE client_id = 9"));
}

TEST_F(Guard, IsWhatMakesTheDifference) {
  Prepare(kTables, kFill);
  RunWithLiveWriters();
  const int wrong = std::stoi(Value(kWrong));
  EXPECT_GT(wrong, 0);
  EXPECT_EQ(Value("SELECT count(*) FROM item WHERE org IS NULL"), "0");
  const auto report =
      nlohmann::json::parse(project_.RunExpecting(3, {"report", "--format", "json"}).out);
  EXPECT_EQ(report.at("backfills").at(0).at("total").at("mismatches"), wrong);
  // Not without being asked to.
  project_.RunExpecting(0, {"backfill", "--again"});
  EXPECT_EQ(Value(kWrong), std::to_string(wrong));
  const int filled = std::stoi(Value("SELECT rows_filled FROM rung.fill"));
  project_.RunExpecting(0, {"backfill", "001", "--fix-mismatches"});
  EXPECT_EQ(Value(kWrong), "0");
  EXPECT_EQ(std::stoi(Value("SELECT rows_filled FROM rung.fill")), filled + wrong);
  project_.RunExpecting(0, {"report"});
}

TEST_F(Guard, IsToldRecordedAndTakenAway) {
  Prepare(kTables, std::string(kFill) + "guard = true\n");
  EXPECT_EQ(Told(2, {"backfill", "--finish"}),
            "rung: --finish: which backfill?\n  state: nothing was changed\n"
            "  next:  name it, as in `rung backfill 024 --finish`\n");
  Query("ALTER TABLE item ADD CHECK (org <> 'org_7')");
  EXPECT_EQ(Told(3, {"up", "--max-rejects", "1000"}).substr(0, 131),
            "client: guard installed, AFTER UPDATE OF org\n"
            "item: guard installed, BEFORE INSERT OR UPDATE OF client_id\n"
            "001_org: 1 of 1 tables to ");
  EXPECT_EQ(Told(3, {"backfill", "001", "--finish"}),
            "warning: 001_org: is not complete, its guards stay: `rung status` says how far it "
            "is\n");
  EXPECT_EQ(Told(3, {"up", "--max-rejects", "1000"}).find("guard"), std::string::npos);
  Query("ALTER TABLE item DROP CONSTRAINT item_org_check");
  project_.RunExpecting(0, {"rejects", "--retry"});
  project_.RunExpecting(0, {"up"});
  const auto status =
      nlohmann::json::parse(project_.RunExpecting(0, {"status", "--format", "json"}).out);
  EXPECT_EQ(status.at("rungs").at(1).at("guards").dump(), R"(["client","item"])");
  EXPECT_NE(project_.RunExpecting(0, {"status"}).out.find(", guards on client, item"),
            std::string::npos);
  EXPECT_EQ(Told(0, {"backfill", "org", "--finish"}), "001_org: 2 guards removed\n");
  EXPECT_EQ(Told(0, {"backfill", "org", "--finish"}), "001_org: no guard is installed\n");
  project_.RunExpecting(0, {"up"});
  project_.RunExpecting(0, {"backfill", "--again"});
  EXPECT_EQ(Query("SELECT (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal), "
                  "(SELECT count(*) FROM pg_proc WHERE pronamespace = 'rung'::regnamespace)"),
            (Rows{{"0", "0"}}));
  EXPECT_EQ(
      Query("SELECT kind, detail FROM rung.event WHERE kind LIKE 'guard%' ORDER BY id"),
      (Rows{{"guard installed", "rung_guard_001_1_source on client: AFTER UPDATE OF org"},
            {"guard installed", "rung_guard_001_1 on item: BEFORE INSERT OR UPDATE OF client_id"},
            {"guard removed", "rung_guard_001_1_source on client"},
            {"guard removed", "rung_guard_001_1 on item"}}));
}

// A migration may do it in place of --finish, with the statements of the documentation.
TEST_F(Guard, MayBeDroppedByHand) {
  Prepare(kTables, std::string(kFill) + "guard = true\n");
  project_.Write("migrations/002_finish.sql", R"(
DROP TRIGGER rung_guard_001_1 ON item;
DROP TRIGGER rung_guard_001_1_source ON client;
DROP FUNCTION rung.guard_001_1(), rung.guard_001_1_source();
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Told(0, {"backfill", "org", "--finish"}), "001_org: no guard is installed\n");
}

TEST_F(Guard, HalfInstalledIsCompletedByTheNextRun) {
  Prepare(kTables, std::string(kFill) + "guard = true\n");
  {
    pg::Connection application = project_.database.Connect();
    application.Exec("BEGIN; LOCK TABLE item IN ROW EXCLUSIVE MODE");
    WatchedRun run(project_, {"backfill", "--lock-timeout", "100ms"});
    ASSERT_TRUE(run.WaitUntilTold(
        "item: guard: canceling statement due to lock timeout [55P03]; trying again"));
    run.process().Signal(SIGKILL);
    run.Wait();
  }
  EXPECT_EQ(Value("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), "1");
  EXPECT_EQ(Value("SELECT count(org) FROM item"), "0");
  project_.RunExpecting(0, {"backfill"});
  EXPECT_EQ(Value("SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal"), "2");
  EXPECT_EQ(Value("SELECT count(*) FROM rung.event WHERE kind = 'guard installed'"), "2");
}

TEST_F(Guard, ThatGetsNoLockEndsTheRunBeforeItsFirstBatch) {
  Prepare(kTables, std::string(kFill) + "guard = true\n");
  pg::Connection application = project_.database.Connect();
  application.Exec("BEGIN; LOCK TABLE client IN ROW EXCLUSIVE MODE");
  EXPECT_EQ(
      Told(1, {"backfill", "--lock-timeout", "50ms", "--lock-patience", "1ms"}),
      R"(rung: backfills/001_org.toml:2: client: guard: canceling statement due to lock timeout [55P03]
  state: no batch was run by this run, guards that are installed stay
  next:  remove the cause, then run it again
)");
  EXPECT_EQ(Value("SELECT count(org) FROM item"), "0");
}

TEST_F(Guard, OfAPartitionedTableWithQuotedNamesAndTwoColumns) {
  Prepare(R"(
CREATE SCHEMA "my app";
CREATE TABLE "my app"."Client" ("Id" int PRIMARY KEY, "select" text, region text);
INSERT INTO "my app"."Client" VALUES (1, 'it''s', 'eu'), (2, 'b', NULL);
CREATE TABLE "my app"."It""em" ("Id" int, "Client" int, "Org Id" text, region text, month int)
  PARTITION BY LIST (month);
CREATE TABLE "my app".item_1 PARTITION OF "my app"."It""em" FOR VALUES IN (1);
INSERT INTO "my app"."It""em" VALUES (1, 1, NULL, NULL, 1);
)",
          R"~(
[[fill]]
table = '"my app"."It""em"'
from  = '"my app"."Client"'
match = '"Client"."Id" = t."Client"'
set   = { "Org Id" = '"Client"."select"', region = 'upper("Client".region)' }
where = '"Id" > 0'
guard = true
)~");
  project_.RunExpecting(0, {"up"});
  Query(R"(CREATE TABLE "my app".item_2 PARTITION OF "my app"."It""em" FOR VALUES IN (2);
    INSERT INTO "my app"."It""em" VALUES (2, 1, NULL, NULL, 2), (3, 2, NULL, 'own', 2), (-4, 1, NULL, NULL, 2);
    UPDATE "my app"."It""em" SET month = 2 WHERE "Id" = 1;
    UPDATE "my app"."Client" SET "select" = 'new' WHERE "Id" = 1;
    UPDATE "my app"."Client" SET region = 'us' WHERE "Id" = 2)");
  EXPECT_EQ(
      Query(R"(SELECT "Id", "Org Id", region FROM "my app"."It""em" ORDER BY 1)"),
      (Rows{{"-4", "NULL", "NULL"}, {"1", "new", "EU"}, {"2", "new", "EU"}, {"3", "b", "own"}}));
  EXPECT_EQ(Told(0, {"backfill", "1", "--finish"}), "001_org: 2 guards removed\n");
}

TEST_F(Guard, OfAFillWithoutASourceFollowsTheColumnsThatItReads) {
  Prepare(
      "CREATE TABLE contact (id int, phone text, digits text);\n"
      "INSERT INTO contact VALUES (1, '+1 2');\n",
      "[[fill]]\ntable = \"contact\"\nset = { digits = \"regexp_replace(phone, '[^0-9]', '', "
      "'g')\" }\nwhere = \"phone IS NOT NULL\"\nguard = true\n");
  project_.RunExpecting(0, {"up"});
  Query(
      "INSERT INTO contact VALUES (2, '3-4', NULL), (3, NULL, NULL), (4, '5', 'own');"
      "UPDATE contact SET phone = '9-9' WHERE id IN (1, 3);"
      "UPDATE contact SET phone = '8', digits = 'mine' WHERE id = 2");
  EXPECT_EQ(Query("SELECT id, digits FROM contact ORDER BY id"),
            (Rows{{"1", "99"}, {"2", "mine"}, {"3", "99"}, {"4", "own"}}));
}

// A batch fills a table that is another fill's source: its rows are filled by their own batches, and
// each is counted.
TEST_F(Guard, LeavesRungsOwnBatchesAlone) {
  Prepare(std::string(kTables) +
              "CREATE TABLE part (id int PRIMARY KEY, item_id int, org text);\n"
              "INSERT INTO part SELECT g, g FROM generate_series(1, 8000) g;\n",
          std::string(kFill) + "guard = true\n" + R"(
[[fill]]
table = "part"
from  = "item"
match = "item.id = item_id"
set   = { org = "item.org" }
guard = true
)");
  project_.RunExpecting(0, {"up", "--jobs", "2"});
  EXPECT_EQ(Query("SELECT rows_filled FROM rung.fill"), (Rows{{"8000"}, {"8000"}}));
  Query("UPDATE client SET org = 'new' WHERE id = 7");
  EXPECT_EQ(Value("SELECT count(*) FROM part JOIN item i ON i.id = item_id WHERE part.org IS "
                  "DISTINCT FROM i.org"),
            "0");
  EXPECT_EQ(Value("SELECT count(*) FROM part WHERE org = 'new'"), "160");
}

// The application's role may write the table and knows nothing of the source.
TEST(GuardRights, AreThoseOfRungAndNobodyElsesToUse) {
  const TestRole role("secret");
  Project project;
  TestDatabase& database = project.database;
  project.Write("migrations/001_tables.sql", kTables);
  project.Write("backfills/001_org.toml", std::string(kFill) + "guard = true\n");
  project.RunExpecting(0, {"up"});
  database.Query("GRANT SELECT, INSERT, UPDATE ON item TO " + role.name() +
                 "; CREATE SCHEMA own AUTHORIZATION " + role.name() +
                 "; GRANT USAGE ON SCHEMA rung TO " + role.name());
  pg::Connection application = database.Connect();
  application.Exec("SET ROLE " + role.name());
  // Its own schema comes first in its search path, and is not looked into.
  application.Exec("CREATE TABLE own.client (id int, org text)");
  application.Exec("INSERT INTO own.client VALUES (5, 'forged')");
  application.Exec("SET search_path = own, public");
  application.Exec("INSERT INTO item VALUES (9001, 5)");
  EXPECT_EQ(database.Value("SELECT org FROM item WHERE id = 9001"), "org_5");
  application.Exec("CREATE TABLE own.spy (client_id int, org text)");
  try {
    application.Exec(
        "CREATE TRIGGER spy BEFORE INSERT ON own.spy FOR EACH ROW EXECUTE FUNCTION "
        "rung.guard_001_1()");
    FAIL() << "anybody can read the source through the guard";
  } catch (const pg::ServerError& error) {
    EXPECT_STREQ(error.what(), "permission denied for function rung.guard_001_1 [42501]");
  }
}

TEST_F(Guard, ThatFailsLetsTheApplicationWriteAllTheSame) {
  Prepare(kTables, std::string(kFill) + "guard = true\n");
  project_.RunExpecting(0, {"up"});
  Query("ALTER TABLE client RENAME org TO organization");
  Query("INSERT INTO item VALUES (9001, 5); UPDATE client SET organization = 'x' WHERE id = 5");
  EXPECT_EQ(Value("SELECT count(*) FROM item WHERE id = 9001 AND org IS NULL"), "1");
}

TEST_F(Guard, NeedsATableAsItsSource) {
  Prepare(std::string(kTables) + "CREATE VIEW active AS SELECT * FROM client;\n", R"(
[[fill]]
table = "item"
from  = "active"
match = "active.id = client_id"
set   = { org = "active.org" }
guard = true
)");
  EXPECT_EQ(
      Told(1, {"up"}),
      R"(rung: backfills/001_org.toml:2: item: guard = true needs a table as the source, active is none
  state: no batch was run by this run, guards that are installed stay
  next:  fill from the table behind it, or leave `guard` out
)");
}

// Mismatches of a table that another fill reads are mended first.
TEST_F(Guard, IsNotNeededToMendTwoHops) {
  Prepare(std::string(kTables) +
              "CREATE TABLE part (id int PRIMARY KEY, item_id int, org text, note text);\n"
              "INSERT INTO part SELECT g, g FROM generate_series(1, 8000) g;\n",
          R"(
[[fill]]
table = "part"
from  = "item"
match = "item.id = item_id"
set   = { org = "item.org", note = "item.payload" }
)" + std::string(kFill));
  project_.RunExpecting(0, {"up"});
  Query(
      "UPDATE client SET org = 'new' WHERE id = 7; UPDATE part SET org = 'wrong' WHERE id < 10;"
      "UPDATE client SET org = NULL WHERE id = 8");
  project_.RunExpecting(3, {"report"});
  project_.RunExpecting(0, {"backfill", "--fix-mismatches", "--jobs", "2"});
  EXPECT_EQ(Value("SELECT count(*) FROM item JOIN client c ON c.id = client_id JOIN part ON "
                  "item_id = item.id WHERE c.org IS NOT NULL AND (item.org <> c.org OR part.org <> "
                  "c.org)"),
            "0");
  EXPECT_EQ(Value("SELECT count(*) FROM part WHERE note IS NULL"), "0");
  project_.RunExpecting(0, {"report"});
}

}  // namespace
}  // namespace rung::test
