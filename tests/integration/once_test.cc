// once = true: a fill that can be done twice by accident, on keys of every kind. Each key is visited once.

#include <gtest/gtest.h>

#include "integration/gate.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Key {
  const char* name;
  const char* columns;  // of the table
  const char* key;      // its primary key
  const char* values;   // of row g
};

void PrintTo(const Key& key, std::ostream* out) { *out << key.name; }

constexpr Key kKeys[] = {
    {"Bigint", "id bigint", "id", "(g * 7919) % 3001 - 1500"},
    {"Uuid", "id uuid", "id", "md5(g::text)::uuid"},
    {"Text", "id text", "id",
     "(ARRAY['', 'a,b', 'it''s', '\"q\"', '{x}', 'back\\slash', 'NULL', E'new\\nline', 'ключ', ' ä "
     "'])[1 + g % 10] "
     "|| g"},
    {"VarcharWithALimit", "id varchar(20)", "id", "'key ' || g"},
    {"Numeric", "id numeric(12, 4)", "id", "g / 7.0"},
    {"Timestamp", "id timestamptz", "id",
     "timestamptz '2026-03-28 23:00+00' + g * interval '3 min'"},
    {"Date", "id date", "id", "date '4000-01-01 BC' + g * 1000"},
    {"UuidAndBigint", "client uuid, id bigint", "client, id", "md5((g % 7)::text)::uuid, g"},
    {"TextAndDateAndInt", "name text, day date, id int", "name, day, id",
     "CASE g % 3 WHEN 0 THEN '' WHEN 1 THEN 'NULL' ELSE 'b' END, date '2026-01-01' + g % 50, g"},
    {"QuotedNames", "\"The Key\" int, \"select\" text", "\"The Key\", \"select\"",
     "g / 10, 'k' || g"},
};

class Once : public testing::TestWithParam<Key> {};

INSTANTIATE_TEST_SUITE_P(Keys, Once, testing::ValuesIn(kKeys),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

TEST_P(Once, VisitsEveryKeyExactlyOnce) {
  const Key& key = GetParam();
  Project project;
  project.Write("migrations/001_item.sql",
                std::string("CREATE TABLE item (") + key.columns +
                    ", hits int NOT NULL DEFAULT 0, PRIMARY KEY (" + key.key +
                    "));\nINSERT INTO item SELECT " + key.values +
                    " FROM generate_series(1, 3000) g;\nANALYZE item;\n");
  project.Write("backfills/001_hits.toml",
                "[[fill]]\ntable = \"item\"\nset = { hits = \"hits + 1\" }\nonce = true\n");
  project.RunExpecting(0, {"up", "--jobs", "2", "--batch-ms", "1"});
  EXPECT_EQ(project.database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
            (Rows{{"1", "3000"}}));
  EXPECT_EQ(
      project.database.Query(
          "SELECT sweep, state, rows_filled, (SELECT count(*) FROM rung.chunk) FROM rung.fill"),
      (Rows{{"key sweep", "complete", "3000", "0"}}));
  project.RunExpecting(0, {"up"});
  project.RunExpecting(0, {"backfill", "--again"});
  EXPECT_EQ(project.database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
            (Rows{{"1", "3000"}}));
}

class OnceOnItems : public testing::Test {
 protected:
  OnceOnItems() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE client (id int PRIMARY KEY, step int);
INSERT INTO client VALUES (1, 10), (2, 20);
CREATE TABLE item (id int PRIMARY KEY, client int, hits int NOT NULL DEFAULT 0, kind text);
INSERT INTO item SELECT g, g % 3, 0, CASE g % 2 WHEN 0 THEN 'even' END FROM generate_series(1, 3000) g;
ANALYZE item;
)");
    project_.RunExpecting(0, {"migrate"});
  }

  Project project_;
};

TEST_F(OnceOnItems, OfRowsWithACondition) {
  project_.Write("backfills/001_hits.toml", R"~(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client"
set   = { hits = "hits + client.step", kind = "coalesce(kind, 'odd')" }
where = "id > 30"
once  = true
)~");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT id > 30, client, hits, kind IS NULL, count(*) FROM "
                                    "item GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"),
            (Rows{{"f", "0", "0", "f", "5"},
                  {"f", "0", "0", "t", "5"},
                  {"f", "1", "0", "f", "5"},
                  {"f", "1", "0", "t", "5"},
                  {"f", "2", "0", "f", "5"},
                  {"f", "2", "0", "t", "5"},
                  {"t", "0", "0", "f", "495"},
                  {"t", "0", "0", "t", "495"},
                  {"t", "1", "10", "f", "990"},
                  {"t", "2", "20", "f", "990"}}));
  EXPECT_EQ(project_.database.Value("SELECT rows_filled FROM rung.fill"), "1980");
}

// A row that is moved on its pages by the application's own writes is one key still.
TEST_F(OnceOnItems, OfRowsThatAreWrittenMeanwhile) {
  project_.Write("backfills/001_hits.toml",
                 "[[fill]]\ntable = \"item\"\nset = { hits = \"hits + 1\" }\nonce = true\n");
  Gate gate(project_.database);
  gate.Guard("item");
  Process run(project_.Rung({"backfill"}));
  ASSERT_TRUE(gate.WaitUntilReached());
  project_.database.Query(
      "SET session_replication_role = replica; UPDATE item SET kind = 'written' WHERE id IN "
      "(SELECT id FROM item WHERE hits = 0 FOR UPDATE SKIP LOCKED)");
  gate.Open();
  EXPECT_EQ(run.Wait().exit, 0);
  EXPECT_EQ(project_.database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
            (Rows{{"1", "3000"}}));
}

TEST_F(OnceOnItems, OfEveryLeafOfAPartitionedTable) {
  project_.database.Query(R"(
    CREATE TABLE event (id int, month int, hits int DEFAULT 0, PRIMARY KEY (month, id)) PARTITION BY LIST (month);
    CREATE TABLE event_1 PARTITION OF event FOR VALUES IN (1);
    CREATE TABLE event_2 PARTITION OF event FOR VALUES IN (2);
    INSERT INTO event SELECT g, 1 + g % 2 FROM generate_series(1, 1000) g)");
  project_.Write("backfills/001_hits.toml",
                 "[[fill]]\ntable = \"event\"\nset = { hits = \"hits + 1\" }\nonce = true\n");
  project_.RunExpecting(0, {"up", "--jobs", "2"});
  EXPECT_EQ(
      project_.database.Query("SELECT month, hits, count(*) FROM event GROUP BY 1, 2 ORDER BY 1"),
      (Rows{{"1", "1", "500"}, {"2", "1", "500"}}));
}

TEST_F(OnceOnItems, AKeySweepOnRequestFillsLikeThePageSweep) {
  project_.Write("backfills/001_kind.toml",
                 "[[fill]]\ntable = \"item\"\nset = { kind = \"'odd'\" }\nsweep = \"key\"\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT kind, count(*) FROM item GROUP BY 1 ORDER BY 1"),
            (Rows{{"even", "1500"}, {"odd", "1500"}}));
  EXPECT_EQ(project_.database.Query("SELECT sweep, rows_filled FROM rung.fill"),
            (Rows{{"key sweep", "1500"}}));
}

}  // namespace
}  // namespace rung::test
