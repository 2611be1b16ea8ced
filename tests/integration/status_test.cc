// Where the ladder stands, at every moment of its life.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <nlohmann/json.hpp>
#include <regex>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/test_role.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Status : public testing::Test {
 protected:
  Status() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE item (id int PRIMARY KEY, org text);
CREATE TABLE part (id int PRIMARY KEY, org text);
INSERT INTO item SELECT generate_series(1, 4000);
INSERT INTO part SELECT generate_series(1, 1000);
ANALYZE item, part;
)");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntables = [\"item\", \"part\"]\nset = { org = \"'org_' || id\" }\n");
    project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN name text;\n");
  }

  // While a run goes on, it writes down that it does.
  enum class Beside { kNothing, kARun };

  std::string Text(Beside beside = Beside::kNothing) {
    const std::string before = Fingerprint(project_.database);
    const Result result = project_.RunExpecting(0, {"status"});
    EXPECT_EQ(result.err, "");
    if (beside == Beside::kNothing) {
      EXPECT_EQ(Fingerprint(project_.database), before);
    }
    // The last column's width follows what is masked in it.
    const std::string text =
        std::regex_replace(Masked(project_, result.out), std::regex("-+\n"), "-\n");
    return text.substr(0, text.find("\nrun "));  // WhoWorksIsShown has the rest
  }

  Project project_;
};

TEST_F(Status, OfADatabaseThatHasSeenNothingIsPending) {
  EXPECT_EQ(Text(), R"(rung      kind       state    detail
--------  ---------  -------  -
001_item  migration  pending
001_org   backfill   pending
002_name  migration  pending  waits for backfill 001_org
)");
}

TEST_F(Status, OfAClimbedLadderIsComplete) {
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Text(), R"(rung      kind       state     detail
--------  ---------  --------  -
001_item  migration  applied   <time>, <duration>
001_org   backfill   complete  <time>, 100 %, 2 of 2 tables, 5,000 rows filled
002_name  migration  applied   <time>, <duration>
)");
}

TEST_F(Status, OfARunningBackfillShowsWhatIsDone) {
  project_.RunExpecting(3, {"migrate"});
  Gate gate(project_.database);
  gate.Guard("part");
  Process process(project_.Rung({"up"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  // How many updates were HOT is another each time.
  EXPECT_EQ(std::regex_replace(Text(Beside::kARun),
                               std::regex("(rows/s) +HOT|(------)  -+(?=  ----  -\n)|(       0)  "
                                          "(?: *[0-9]+ %| {3,4})(?=     1 )"),
                               "$1$2$3"),
            R"(rung      kind       state    detail
--------  ---------  -------  -
001_item  migration  applied  <time>, <duration>
001_org   backfill   running  80 %, 1 of 2 tables, 4,000 rows filled
002_name  migration  pending  waits for backfill 001_org

001_org
table        state      done  filled  of about  rows/s  pass  workers
-----------  --------  -----  ------  --------  ------  ----  -
public.item  complete  100 %   4,000     4,000       0     1        0
public.part  sweeping    0 %       0     1,000       0     1        0
)");
  const auto json =
      nlohmann::json::parse(project_.RunExpecting(0, {"status", "--format", "json"}).out);
  const auto& backfill = json.at("rungs").at(1);
  EXPECT_EQ(backfill.at("state"), "running");
  EXPECT_EQ(backfill.at("share"), 0.8);
  EXPECT_EQ(backfill.at("rows_filled"), 4000);
  EXPECT_EQ(backfill.at("fills").at(1).at("state"), "sweeping");
  gate.Open();
  EXPECT_EQ(process.Wait().exit, 0);
}

// A second terminal beside a run that is at work: what it shows moves on.
TEST_F(Status, OfARunningBackfillMovesOn) {
  project_.RunExpecting(3, {"migrate"});
  project_.database.Query(R"(
    CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.3); RETURN NULL; END $$;
    CREATE TRIGGER be_slow AFTER UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION be_slow())");
  Process process(project_.Rung({"up", "--batch-ms", "1"}));
  nlohmann::json seen;
  const auto moves = [&](int64_t from) {
    return WaitUntil([&] {
      const auto json =
          nlohmann::json::parse(project_.RunExpecting(0, {"status", "--format", "json"}).out);
      seen = json.at("rungs").at(1);
      return seen.value("rows_filled", int64_t{0}) > from || process.IsOver();
    });
  };
  double share = 0;
  int64_t rows = 0;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(moves(rows));
    EXPECT_EQ(seen.at("state"), "running");
    EXPECT_GT(seen.at("share"), share);
    EXPECT_GT(seen.at("rows_per_second"), 0);
    EXPECT_EQ(seen.at("workers"), 1);
    share = seen.at("share");
    rows = seen.at("rows_filled");
  }
  EXPECT_LT(share, 1);
  process.Signal(SIGKILL);
}

TEST_F(Status, InJsonHasEveryRung) {
  project_.RunExpecting(0, {"up", "--to", "1"});
  auto json =
      nlohmann::ordered_json::parse(project_.RunExpecting(0, {"status", "--format", "json"}).out);
  EXPECT_EQ(json.at("schema"), 1);
  for (auto& rung : json.at("rungs")) rung["detail"] = Masked(project_, rung["detail"]);
  for (auto& fill : json["rungs"][1]["fills"]) {
    EXPECT_GT(fill["wal_bytes"], 0);
    EXPECT_GT(fill["batch_p99_ms"], 0);
    EXPECT_GE(fill["batch_p99_ms"], fill["batch_p50_ms"]);
    EXPECT_GE(fill["bytes_after"], fill["bytes_before"]);
    for (const char* measured : {"batches", "rows_hot", "retries", "wal_bytes", "batch_p50_ms",
                                 "batch_p99_ms", "bytes_before", "bytes_after"}) {
      EXPECT_EQ(fill.erase(measured), 1u) << measured;
    }
  }
  auto runs = json["rungs"][1]["runs"];
  json["rungs"][1].erase("runs");
  ASSERT_EQ(runs.size(), 1u);
  EXPECT_EQ(runs[0]["command"], "rung up");
  EXPECT_EQ(runs[0]["state"], "complete");
  EXPECT_EQ(runs[0]["rows"], 5000);
  EXPECT_EQ(runs[0]["jobs"], 1);
  EXPECT_EQ(runs[0]["signals"].size(), 8u);
  EXPECT_EQ(json.at("rungs").dump(), nlohmann::ordered_json::parse(R"([
    {"rung": "001_item", "kind": "migration", "state": "applied", "detail": "<time>, <duration>"},
    {"rung": "001_org", "kind": "backfill", "state": "complete",
     "detail": "<time>, 100 %, 2 of 2 tables, 5,000 rows filled", "share": 1.0, "rows_filled": 5000,
     "rows_per_second": 0.0, "workers": 0, "rows_set_aside": 0, "guards": [], "fills": [
       {"table": "public.item", "state": "complete", "sweep": "page sweep", "pass": 1, "share": 1.0, "rows_filled": 4000,
        "rows_estimate": 4000, "rows_per_second": 0.0, "workers": 0, "rows_set_aside": 0},
       {"table": "public.part", "state": "complete", "sweep": "page sweep", "pass": 1, "share": 1.0, "rows_filled": 1000,
        "rows_estimate": 1000, "rows_per_second": 0.0, "workers": 0, "rows_set_aside": 0}]},
    {"rung": "002_name", "kind": "migration", "state": "pending", "detail": ""}])")
                                         .dump());
}

TEST_F(Status, WhoWorksAndWhatTheServerTellsIsShown) {
  project_.RunExpecting(3, {"migrate"});
  Gate gate(project_.database);
  gate.Guard("part");
  Process process(project_.Rung({"up", "--jobs", "2", "--max-wal-rate", "20MB"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  std::string out;
  // Until its first look is written down.
  ASSERT_TRUE(WaitUntil([&] {
    out = project_.RunExpecting(0, {"status"}).out;
    return out.find("replica lag") != std::string::npos;
  }));
  const std::string shown = out.substr(out.find("\nrun "));
  EXPECT_THAT(shown,
              testing::ContainsRegex("rung up  +[^ ]+ +[0-9]+ +2 +[0-9,]+  200 ms  working"));
  EXPECT_THAT(shown,
              testing::ContainsRegex("WAL rate +[0-9.]+ (bytes|kB|MB)/s +20 MB/s  (ok|holding)\n"));
  EXPECT_THAT(shown, testing::HasSubstr("seen "));
  gate.Open();
  EXPECT_EQ(process.Wait().exit, 0);
}

TEST_F(Status, OfOneBackfillShowsWhatItHasCost) {
  project_.RunExpecting(0, {"up"});
  const std::string out = project_.RunExpecting(0, {"status", "001_org"}).out;
  EXPECT_THAT(out,
              testing::ContainsRegex(
                  "public.item +4,000 +[0-9]+ % +[0-9]+ +0 +[0-9]+ ms +[0-9]+ ms +[0-9.]+ [kM]B "
                  "+[0-9.]+ [kM]B  [0-9.]+ [kM]B\n"));
  EXPECT_THAT(out, testing::ContainsRegex("rung up  +[^ ]+ +[0-9]+  complete  5,000 +[0-9]+ +0\n"));
  EXPECT_EQ(out.find("002_name"), std::string::npos);
  EXPECT_EQ(project_.RunExpecting(0, {"status", "1", "--format", "csv"}).out.find("002"),
            std::string::npos);
  EXPECT_EQ(project_.RunExpecting(2, {"status", "7"}).err,
            "rung: no rung `7`\n  state: nothing was changed\n"
            "  next:  see `rung status` for their names\n");
}

// The ledger of an older rung: what it does not know is not shown.
TEST_F(Status, OfTablesOfAnOlderRungShowsWhatTheyHave) {
  project_.RunExpecting(0, {"up"});
  project_.database.Query(R"(
    DROP TABLE rung.run;
    ALTER TABLE rung.backfill DROP COLUMN tuning;
    ALTER TABLE rung.fill DROP COLUMN rows_carved, DROP COLUMN rows_hot, DROP COLUMN retries,
      DROP COLUMN batch_times, DROP COLUMN wal_bytes, DROP COLUMN wal_lsn, DROP COLUMN bytes_before,
      DROP COLUMN bytes_after;
    ALTER TABLE rung.chunk DROP COLUMN rows_carved, DROP COLUMN rows_hot, DROP COLUMN retries,
      DROP COLUMN batch_times;
    DELETE FROM rung.own_step WHERE (table_name, number) IN
      (('run', 1), ('backfill', 2), ('fill', 3), ('chunk', 2)))");
  EXPECT_NE(Text().find("2 of 2 tables, 5,000 rows filled"), std::string::npos);
  project_.RunExpecting(0, {"up"});
  project_.RunExpecting(0, {"backfill", "--again"});
  EXPECT_NE(project_.RunExpecting(0, {"status", "001"}).out.find("rung backfill"),
            std::string::npos);
}

TEST_F(Status, OfFilesThatDisagreeNamesEach) {
  project_.RunExpecting(0, {"up"});
  project_.Write("migrations/002_name.sql", "SELECT 1;\n");
  project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"item\"\nset = { org = \"'x'\" }\n");
  std::filesystem::remove(project_.directory.path() / "migrations/001_item.sql");
  project_.Write("migrations/003_steps.sql", "-- rung: no-transaction\nSELECT nothing;\n");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"status", "--format", "csv"}).out),
            R"(rung,kind,state,detail
001_org,backfill,changed,"<time>, 100 %, 2 of 2 tables, 5,000 rows filled"
002_name,migration,changed,"<time>, <duration>; statement 1 of 1 differs, line 1: SELECT 1"
003_steps,migration,pending,waits for backfill 001_org
001_item,migration,missing,its file is gone
)");
}

TEST_F(Status, WorksInReadOnlyMode) {
  project_.RunExpecting(0, {"up"});
  project_.database.Query("ALTER DATABASE " + project_.database.name() +
                          " SET default_transaction_read_only = on");
  EXPECT_NE(Text().find("complete"), std::string::npos);
}

}  // namespace
}  // namespace rung::test
