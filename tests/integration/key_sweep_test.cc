// Which key a key sweep goes by, and the tables that have no pages here.

#include <gtest/gtest.h>

#include <cstdlib>

#include "integration/fingerprint.h"
#include "integration/gate.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class KeySweep : public testing::Test {
 protected:
  KeySweep() { project_.Write("migrations/001_none.sql", "SELECT 1;\n"); }

  void Fill(const std::string& rest) {
    project_.Write("backfills/001_hits.toml", "[[fill]]\ntable = \"item\"\n" + rest);
  }

  // The last column of the plan's first line: "key sweep by id (once = true)".
  std::string How() {
    project_.RunExpecting(0, {"migrate"});
    const std::string csv = project_.RunExpecting(0, {"plan", "--format", "csv"}).out;
    const size_t at = csv.find("sweep");
    return csv.substr(at - 4, csv.find(")", at) - at + 5);
  }

  std::string Refusal() {
    project_.RunExpecting(0, {"migrate"});
    const std::string before = Fingerprint(project_.database);
    const Result result = project_.RunExpecting(1, {"plan"});
    EXPECT_EQ(project_.RunExpecting(1, {"up"}).err, result.err);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return Masked(project_, result.err);
  }

  Project project_;
};

const std::string kOnce = "set = { hits = \"hits + 1\" }\nonce = true\n";

TEST_F(KeySweep, GoesByTheNarrowestUniqueIndexWithoutAPrimaryKey) {
  project_.database.Query(R"(
    CREATE TABLE item (a int NOT NULL, b int NOT NULL, c int NOT NULL, d int, hits int NOT NULL DEFAULT 0);
    INSERT INTO item SELECT g, g, g, g FROM generate_series(1, 3000) g;
    CREATE UNIQUE INDEX ON item (d);
    CREATE UNIQUE INDEX ON item (a) WHERE a > 0;
    CREATE UNIQUE INDEX ON item ((abs(a)));
    CREATE UNIQUE INDEX ON item (a, b);
    CREATE UNIQUE INDEX ON item (c) INCLUDE (a))");
  Fill(kOnce);
  EXPECT_EQ(How(), "key sweep by c (once = true)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
            (Rows{{"1", "3000"}}));
}

// Chunks are cut in the columns' own order.
TEST_F(KeySweep, PassesOverAnIndexInAnotherOrder) {
  project_.database.Query(R"(
    CREATE TABLE item (a text NOT NULL, b int NOT NULL, c int NOT NULL, hits int NOT NULL DEFAULT 0);
    INSERT INTO item SELECT md5(g::text), g % 10, g FROM generate_series(1, 3000) g;
    CREATE UNIQUE INDEX ON item (a text_pattern_ops);
    CREATE UNIQUE INDEX ON item (a COLLATE "C");
    CREATE UNIQUE INDEX ON item (b DESC, c);
    CREATE UNIQUE INDEX ON item (b DESC, a DESC))");
  Fill(kOnce);
  EXPECT_EQ(How(), "key sweep by b, a (once = true)");
  project_.RunExpecting(0, {"up", "--jobs", "2", "--batch-ms", "1"});
  EXPECT_EQ(project_.database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
            (Rows{{"1", "3000"}}));
}

TEST_F(KeySweep, WorksInAnyCollation) {
  for (const char* collation : {"\"C\"", "\"en-x-icu\"", "nondeterministic"}) {
    Project project;
    project.Write("migrations/001_none.sql", "SELECT 1;\n");
    project.database.Query(
        "CREATE COLLATION nondeterministic (provider = icu, locale = "
        "'und-u-ks-level2', deterministic = false)");
    project.database.Query(std::string("CREATE TABLE item (id text COLLATE ") + collation +
                           " PRIMARY KEY, hits int NOT NULL DEFAULT 0)");
    project.database.Query(
        "INSERT INTO item SELECT (ARRAY['a', 'B', 'ä', '-', ' '])[1 + g % 5] || g FROM "
        "generate_series(1, 3000) g; ANALYZE item");
    project.Write("backfills/001_hits.toml", "[[fill]]\ntable = \"item\"\n" + kOnce);
    project.RunExpecting(0, {"up", "--jobs", "2", "--batch-ms", "1"});
    EXPECT_EQ(project.database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
              (Rows{{"1", "3000"}}))
        << collation;
  }
}

// Keys are kept as text, and slices are told by a hash of it: neither may depend on the session.
TEST_F(KeySweep, OfTimesIsTheSameForSessionsThatWriteThemDifferently) {
  project_.database.Query(R"(
    CREATE TABLE item (id timestamptz PRIMARY KEY, hits int NOT NULL DEFAULT 0);
    INSERT INTO item SELECT timestamptz '2026-03-01 00:00+00' + g * interval '37 min' FROM generate_series(1, 3000) g;
    ANALYZE item)");
  Fill(kOnce);
  Gate gate(project_.database);
  gate.Guard("item");
  Command european = project_.Rung({"up"});
  european.environment.insert(european.environment.end(),
                              {"PGDATESTYLE=SQL, DMY", "PGTZ=Asia/Kolkata"});
  Command american = project_.Rung({"up"});
  american.environment.insert(american.environment.end(),
                              {"PGDATESTYLE=SQL, MDY", "PGTZ=America/New_York"});
  Process first(european);
  ASSERT_TRUE(gate.WaitUntilReached());
  // The first slice is held by one; killed, it leaves the chunk's later slices to the other.
  first.Signal(SIGKILL);
  first.Wait();
  gate.Open();
  project_.database.Query("DROP TRIGGER stand_at_gate ON item");
  Process second(american);
  Process third(european);
  EXPECT_EQ(second.Wait().exit, 0);
  EXPECT_EQ(third.Wait().exit, 0);
  EXPECT_EQ(project_.database.Query("SELECT hits, count(*) FROM item GROUP BY 1"),
            (Rows{{"1", "3000"}}));
}

TEST_F(KeySweep, GoesByTheKeyThatTheFillNames) {
  project_.database.Query(R"(
    CREATE TABLE item (id int PRIMARY KEY, day date NOT NULL, no int NOT NULL, hits int);
    INSERT INTO item SELECT g, date '2026-01-01' + g % 7, g FROM generate_series(1, 3000) g;
    CREATE UNIQUE INDEX ON item (day, no))");
  Fill("set = { hits = \"id\" }\nkey = [\"day\", \"no\"]\n");
  EXPECT_EQ(How(), "key sweep by day, no (asked for)");
  project_.RunExpecting(0, {"up", "--batch-ms", "1"});
  EXPECT_EQ(project_.database.Query("SELECT count(*) FROM item WHERE hits = id"), (Rows{{"3000"}}));
}

TEST_F(KeySweep, RefusesANamedKeyThatIsNone) {
  project_.database.Query(
      "CREATE TABLE item (id int PRIMARY KEY, day date NOT NULL, no int, hits int)");
  const std::string next =
      R"(
  state: nothing of this backfill was run
  next:  name columns that are NOT NULL and have a unique index, or leave `key` to rung
)";
  Fill("set = { hits = \"1\" }\nkey = [\"day\"]\n");
  EXPECT_EQ(Refusal(),
            "rung: backfills/001_hits.toml:1: public.item: no unique index covers its `key` (day)" +
                next);
  Fill("set = { hits = \"1\" }\nkey = [\"id\", \"no\"]\n");
  EXPECT_EQ(
      Refusal(),
      "rung: backfills/001_hits.toml:1: public.item: column no of its `key` may be NULL" + next);
  Fill("set = { hits = \"1\" }\nkey = [\"nr\"]\n");
  EXPECT_EQ(Refusal(), R"(rung: backfills/001_hits.toml:1: table item has no column nr
  state: nothing of this backfill was run
  next:  correct the name, or apply the migration that adds it
)");
}

// The same database by another way.
class ForeignTable : public KeySweep {
 protected:
  ForeignTable() {
    const auto variable = [](const char* name, const char* otherwise) {
      const char* value = std::getenv(name);
      return std::string(value == nullptr ? otherwise : value);
    };
    project_.database.Query(
        "CREATE EXTENSION postgres_fdw; CREATE SERVER other FOREIGN DATA "
        "WRAPPER postgres_fdw OPTIONS (host '" +
        variable("PGHOST", "/var/run/postgresql") + "', port '" + variable("PGPORT", "5432") +
        "', dbname '" + project_.database.name() +
        "'); CREATE USER MAPPING FOR CURRENT_USER SERVER other OPTIONS (user '" +
        variable("PGUSER", "postgres") + "', password '" + variable("PGPASSWORD", "none") + "')");
    project_.database.Query(R"(
      CREATE SCHEMA far;
      CREATE TABLE far.item (id bigint PRIMARY KEY, client int, org text);
      INSERT INTO far.item SELECT g, g % 10 FROM generate_series(1, 5000) g;
      CREATE TABLE client (id int PRIMARY KEY, org text);
      INSERT INTO client SELECT g, 'org_' || g FROM generate_series(1, 9) g;
      CREATE FOREIGN TABLE item (id bigint, client int, org text) SERVER other
        OPTIONS (schema_name 'far', table_name 'item'))");
  }
};

constexpr const char* kFromClient =
    "from = \"client\"\nmatch = \"client.id = client\"\nset = { org = \"client.org\" }\n";

TEST_F(ForeignTable, NeedsItsKeyNamed) {
  Fill(kFromClient);
  EXPECT_EQ(
      Refusal(),
      R"(rung: backfills/001_hits.toml:1: public.item is a foreign table: its key cannot be seen from here
  state: nothing of this backfill was run
  next:  name it in the fill, as key = ["id"]: columns that are unique and never NULL
)");
}

TEST_F(ForeignTable, IsSweptByItsKey) {
  Fill(std::string(kFromClient) + "key = [\"id\"]\n");
  EXPECT_EQ(How(), "key sweep by id (asked for)");
  project_.RunExpecting(0, {"up", "--batch-ms", "1"});
  EXPECT_EQ(
      project_.database.Query(
          "SELECT org IS NOT NULL, org = 'org_' || client, count(*) FROM far.item GROUP BY 1, 2 "
          "ORDER BY 1"),
      (Rows{{"f", "NULL", "500"}, {"t", "t", "4500"}}));
  EXPECT_EQ(project_.database.Query("SELECT sweep, state, rows_filled, batches > 1 FROM rung.fill"),
            (Rows{{"key sweep", "complete", "4500", "t"}}));
}

TEST_F(ForeignTable, CannotBeVisitedExactlyOnce) {
  Fill("set = { client = \"client + 1\" }\nonce = true\nkey = [\"id\"]\n");
  EXPECT_EQ(
      Refusal(),
      R"(rung: backfills/001_hits.toml:1: public.item is a foreign table: its server commits before this one, so after a crash in between a row would be done twice, and once = true cannot be kept
  state: nothing of this backfill was run
  next:  run the backfill on the server that holds the table
)");
}

// A key whose order is not sent would be fetched and sorted here for every chunk.
TEST_F(ForeignTable, IsRefusedByAKeyWhoseOrderIsNotSent) {
  project_.database.Query(
      "CREATE EXTENSION citext; ALTER TABLE far.item ALTER id TYPE citext; "
      "CREATE FOREIGN TABLE item2 (id citext, client int, org text) SERVER other "
      "OPTIONS (schema_name 'far', table_name 'item')");
  project_.Write("backfills/001_hits.toml",
                 "[[fill]]\ntable = \"item2\"\nset = { org = \"'o'\" }\nkey = [\"id\"]\n");
  EXPECT_EQ(
      Refusal(),
      R"(rung: backfills/001_hits.toml:1: item2: to cut a chunk in the order of its key (id) the whole table would be read and sorted each time
  Limit
    ->  Sort
          Sort Key: id DESC
          ->  Foreign Scan on item2 t
  state: nothing of this backfill was run
  next:  name another `key`, of types and collations that the other server sorts alike
)");
}

// Without Citus itself: only what rung looks at is there.
TEST_F(KeySweep, IsForATableThatCitusLists) {
  project_.database.Query(R"(
    CREATE TABLE item (id int PRIMARY KEY, hits int);
    INSERT INTO item SELECT generate_series(1, 3000);
    SET allow_system_table_mods = on;
    CREATE TABLE pg_catalog.pg_dist_partition (logicalrelid regclass);
    INSERT INTO pg_catalog.pg_dist_partition VALUES ('item');
    CREATE FUNCTION pg_catalog.citus_relation_size(regclass) RETURNS bigint LANGUAGE sql AS 'SELECT 819200::bigint';
    RESET allow_system_table_mods)");
  Fill("set = { hits = \"id\" }\n");
  EXPECT_EQ(How(), "key sweep by id (a distributed table)");
  EXPECT_NE(project_.RunExpecting(0, {"plan", "--format", "csv"}).out.find(",6000,819200,"),
            std::string::npos);
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT count(*) FROM item WHERE hits = id"), (Rows{{"3000"}}));
}

}  // namespace
}  // namespace rung::test
