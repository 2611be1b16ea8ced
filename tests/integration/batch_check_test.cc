// The plan of a batch, asked for before the first one: by its own range, and no big table whole.

#include <gtest/gtest.h>

#include "backfill/plan_backfill.h"
#include "integration/masked.h"
#include "pg/transaction.h"

namespace rung::test {
namespace {

// Tables above the 8 MB up to which a table may be read whole, and some below.
class BatchCheck : public testing::Test {
 protected:
  BatchCheck() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE source (id bigint, code numeric, org text DEFAULT repeat('o', 200));
INSERT INTO source SELECT g, g FROM generate_series(1, 50000) g;
CREATE TABLE small_source AS SELECT * FROM source WHERE id <= 20000;
CREATE TABLE item (id bigint PRIMARY KEY, source_id bigint, org text, pad text DEFAULT repeat('p', 200));
INSERT INTO item SELECT g, g FROM generate_series(1, 50000) g;
CREATE TABLE small_item (LIKE item INCLUDING ALL);
INSERT INTO small_item SELECT * FROM item WHERE id <= 20000;
CREATE TABLE part (tenant int, id bigint, org text, pad text DEFAULT repeat('p', 200), PRIMARY KEY (tenant, id));
INSERT INTO part SELECT 1, g FROM generate_series(1, 50000) g;
ANALYZE source, small_source, item, small_item, part;
)");
    project_.RunExpecting(0, {"migrate"});
  }

  static std::string Fill(const std::string& table, const std::string& from = "source",
                          const std::string& rest = "") {
    return "[[fill]]\ntable = \"" + table + "\"\nfrom = \"" + from + "\"\nmatch = \"" + from +
           ".id = source_id\"\nset = { org = \"" + from + ".org\" }\n" + rest;
  }

  // As `plan` and `backfill` tell it; nothing may be filled.
  std::string Refusal(const std::string& fill) {
    project_.Write("backfills/001_org.toml", fill);
    const Result result = project_.RunExpecting(1, {"plan"});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(project_.RunExpecting(1, {"backfill"}).err, result.err);
    EXPECT_EQ(project_.database.Value("SELECT (SELECT count(*) FROM rung.backfill) + (SELECT "
                                      "count(org) FROM item) + (SELECT count(org) FROM part)"),
              "0");
    return Masked(project_, result.err);
  }

  // What the batches of the only relation set, where the fill is not refused.
  std::string SettingsOf(const std::string& toml) {
    project_.Write("backfills/001_org.toml", toml);
    const auto files = fill::ReadBackfillFiles(project_.directory.path() / "backfills");
    pg::Connection connection = project_.database.Connect();
    pg::Transaction transaction(connection, {.read_only = true});
    const auto plans = backfill::PlanBackfill(connection, files.at(0));
    EXPECT_EQ(connection.Exec("SHOW enable_seqscan")[0][0].as<std::string>(), "on");
    return plans.at(0).before_update;
  }

  Project project_;
};

TEST_F(BatchCheck, ABigSourceThatNoIndexServesIsRefusedWithTheMissingIndex) {
  EXPECT_EQ(
      Refusal(Fill("item")),
      R"(rung: backfills/001_org.toml:1: item: each batch would read the whole of source (12 MB), for no index serves the fill
  Update on item t
    ->  Hash Join
          Hash Cond: (source.id = t.source_id)
          ->  Seq Scan on source
                Filter: (org IS NOT NULL)
          ->  Hash
                ->  Tid Range Scan on item t
                      TID Cond: ((ctid >= '(0,0)'::tid) AND (ctid < '(1000,0)'::tid))
                      Filter: (CASE WHEN ((hashtid(ctid) & 960) = 0) THEN ((org IS NULL))::integer ELSE 0 END = 1)
  state: nothing of this backfill was run
  next:  CREATE INDEX CONCURRENTLY ON source (id), then run it again
)");
  project_.database.Query("CREATE INDEX ON source (id)");
  EXPECT_EQ(SettingsOf(Fill("item")), "");
}

TEST_F(BatchCheck, OfAKeySweepAsWell) {
  EXPECT_EQ(
      Refusal(Fill("item", "source", "sweep = \"key\"\n")),
      R"(rung: backfills/001_org.toml:1: item: each batch would read the whole of source (12 MB), for no index serves the fill
  Update on item t
    ->  Hash Join
          Hash Cond: (source.id = t.source_id)
          ->  Seq Scan on source
                Filter: (org IS NOT NULL)
          ->  Hash
                ->  Index Scan using item_pkey on item t
                      Index Cond: (id <= '32000'::bigint)
                      Filter: ((org IS NULL) AND ((hashtextextended((ARRAY[(id)::text])::text, '0'::bigint) & '960'::bigint) = 0))
  state: nothing of this backfill was run
  next:  CREATE INDEX CONCURRENTLY ON source (id), then run it again
)");
}

TEST_F(BatchCheck, ASmallSourceNeedsNoIndex) {
  EXPECT_EQ(SettingsOf(Fill("item", "small_source")), "");
  EXPECT_EQ(SettingsOf(Fill("item", "small_source", "sweep = \"key\"\n")), "");
}

TEST_F(BatchCheck, ABigSourceIsReadWholeForATableOfOneBatch) {
  project_.database.Query("DELETE FROM small_item WHERE id > 1000");
  project_.database.Query("VACUUM FULL small_item");
  project_.database.Query("ANALYZE small_item");
  EXPECT_EQ(SettingsOf(Fill("small_item")), "");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT count(org) FROM small_item"), "1000");
}

TEST_F(BatchCheck, AnIndexOnAnExpressionIsWrittenAsOne) {
  const std::string refusal = Refusal(
      "[[fill]]\ntable = \"item\"\nfrom = \"source\"\nmatch = \"lower(source.id::text) = "
      "t.source_id::text\"\nset = { org = \"source.org\" }\n");
  EXPECT_NE(
      refusal.find("  next:  CREATE INDEX CONCURRENTLY ON source ((lower(id::text))), then run "
                   "it again\n"),
      std::string::npos)
      << refusal;
}

TEST_F(BatchCheck, AnIndexThatCannotServeForTheTypesIsNamed) {
  project_.database.Query("CREATE INDEX source_id ON source (id)");
  const std::string fill =
      "[[fill]]\ntable = \"item\"\nfrom = \"source\"\nmatch = \"source.id = t.pad\"\nset = { org = "
      "\"source.org\" }\n";
  project_.database.Query(
      "ALTER TABLE item ALTER pad DROP DEFAULT, ALTER pad TYPE numeric USING id; ANALYZE item");
  const std::string refusal = Refusal(fill);
  EXPECT_NE(refusal.find("  next:  compare values of one type and collation in `match`: source_id "
                         "cannot serve it as it is\n"),
            std::string::npos)
      << refusal;
}

TEST_F(BatchCheck, ATableBehindAViewIsNamed) {
  project_.database.Query("CREATE VIEW orgs AS SELECT id, max(org) AS org FROM source GROUP BY id");
  const std::string refusal = Refusal(Fill("item", "orgs"));
  EXPECT_NE(refusal.find("item: each batch would read the whole of source (12 MB), for no index "
                         "serves the fill\n"),
            std::string::npos)
      << refusal;
  EXPECT_NE(refusal.find("  next:  have an index of source serve the fill, or fill from a table "
                         "that is made for it\n"),
            std::string::npos)
      << refusal;
}

TEST_F(BatchCheck, ABigTableThatAnExpressionReadsWholeIsRefused) {
  const std::string refusal = Refusal(
      "[[fill]]\ntable = \"item\"\nset = { org = \"(SELECT max(s.org) FROM source s WHERE s.id = "
      "t.source_id)\" }\n");
  EXPECT_NE(refusal.find("item: each batch would read the whole of source (12 MB)"),
            std::string::npos)
      << refusal;
}

TEST_F(BatchCheck, AMatchWithoutAnEquationIsToldSo) {
  const std::string refusal = Refusal(
      "[[fill]]\ntable = \"item\"\nfrom = \"source\"\nmatch = \"source.id BETWEEN "
      "t.source_id AND t.source_id\"\nset = { org = \"source.org\" }\n");
  EXPECT_NE(refusal.find("  next:  give `match` an equation with a column of source, which an "
                         "index can serve\n"),
            std::string::npos)
      << refusal;
}

// With one tenant the planner takes every range from the start for the whole table.
TEST_F(BatchCheck, AKeyOfSeveralColumnsIsReadByItsRange) {
  const std::string fill =
      "[[fill]]\ntable = \"part\"\nset = { org = \"'o' || id\" }\nsweep = \"key\"\n";
  EXPECT_EQ(SettingsOf(fill), "SET LOCAL enable_seqscan = off; ");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM part WHERE org = 'o' || id"), "50000");
}

// A planner that is told wrong things is told not to read a table whole, if an index serves.
TEST_F(BatchCheck, APlanThatNeedNotReadATableWholeIsSteered) {
  const auto set = [&](const std::string& setting) {
    project_.database.Query("ALTER DATABASE " + project_.database.name() + " " + setting);
  };
  project_.database.Query("CREATE INDEX ON source (id)");
  set("SET cpu_index_tuple_cost = 0.1");
  const std::string by_key = "set = { org = \"'o' || id\" }\nsweep = \"key\"\n";
  EXPECT_EQ(SettingsOf("[[fill]]\ntable = \"item\"\n" + by_key),
            "SET LOCAL enable_seqscan = off; ");
  EXPECT_EQ(SettingsOf("[[fill]]\ntable = \"small_item\"\n" + by_key), "");
  set("RESET ALL");
  set("SET random_page_cost = 30");
  EXPECT_EQ(SettingsOf(Fill("item")),
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL "
            "enable_mergejoin = off; ");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT count(org) FROM item"), "50000");
}

TEST_F(BatchCheck, AKeyInAnOrderThatNoIndexHasIsRefused) {
  const std::string fill =
      "[[fill]]\ntable = \"part\"\nset = { org = \"'o'\" }\nkey = [\"id\", \"tenant\"]\n";
  EXPECT_EQ(
      Refusal(fill),
      R"(rung: backfills/001_org.toml:1: part: to cut a chunk in the order of its key (id, tenant) the whole table would be read and sorted each time
  Limit
    ->  Sort
          Sort Key: id DESC, tenant DESC
          ->  Seq Scan on part t
  state: nothing of this backfill was run
  next:  CREATE UNIQUE INDEX CONCURRENTLY ON public.part (id, tenant), or name another `key`
)");
}

}  // namespace
}  // namespace rung::test
