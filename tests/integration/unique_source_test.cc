// A source with several rows for one of the filled table's: which of their values it would be is chance, so the
// fill is refused before its first batch.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"
#include "support/wait.h"

namespace rung::test {
namespace {

class UniqueSource : public testing::Test {
 protected:
  UniqueSource() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE client (id int PRIMARY KEY, code text, region text, since date, org text);
INSERT INTO client VALUES (1, 'A', 'north', '2026-01-01', 'org_1'), (2, 'B', 'north', '2026-01-01', 'org_2'),
                          (3, NULL, 'north', NULL, 'org_3'), (4, NULL, 'north', NULL, 'org_4');
CREATE TABLE item (id int PRIMARY KEY, client int, code text, region text, made date, org text);
INSERT INTO item VALUES (1, 1, 'A', 'north', '2026-02-01', NULL), (2, 2, 'B', 'north', '2026-02-01', NULL),
                        (3, NULL, NULL, 'north', NULL, NULL);
)");
    project_.RunExpecting(0, {"migrate"});
  }

  void Fill(const std::string& match, const std::string& from = "client") {
    project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"item\"\nfrom  = \"" + from +
                                                 "\"\nmatch = \"" + match +
                                                 "\"\nset   = { org = \"client.org\" }\n");
  }

  // What every command tells of it; nothing may change.
  std::string Refusal(const std::string& match) {
    Fill(match);
    const std::string before = Fingerprint(project_.database);
    const Result result = project_.RunExpecting(1, {"up"});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(project_.RunExpecting(1, {"backfill", "--jobs", "2"}).err, result.err);
    EXPECT_EQ(project_.RunExpecting(1, {"plan"}).err, result.err);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return Masked(project_, result.err);
  }

  // The orgs of the items after the fill, by their ids.
  std::string Filled(const std::string& match, const std::string& from = "client") {
    Fill(match, from);
    project_.RunExpecting(0, {"up"});
    return project_.database.Value(
        "SELECT string_agg(coalesce(org, '-'), ' ' ORDER BY id) FROM item");
  }

  void Repeat() {
    project_.database.Query("INSERT INTO client VALUES (5, 'A', 'north', '2026-01-09', 'org_5')");
  }

  Project project_;
};

constexpr const char* kRefused =
    R"(rung: backfills/001_org.toml:1: item: 2 rows of client have the same client.code (A): the value could be any of theirs
  state: nothing of this backfill was run
  next:  remove the duplicates, narrow `match` down to one row, or fill from a view that has one row for each
)";

TEST_F(UniqueSource, WithAKeyTwiceIsRefused) {
  Repeat();
  EXPECT_EQ(Refusal("client.code = code"), kRefused);
  EXPECT_EQ(Refusal("code = client.code AND length(t.region) > 3"), kRefused);
}

TEST_F(UniqueSource, WithAKeyTwiceIsNotReportedOnEither) {
  Repeat();
  Fill("client.code = code");
  EXPECT_EQ(
      project_.RunExpecting(1, {"report"}).err,
      R"(rung: backfills/001_org.toml:1: item: 2 rows of client have the same client.code (A): the value could be any of theirs
  state: a report changes nothing
  next:  remove the duplicates, narrow `match` down to one row, or fill from a view that has one row for each
)");
}

TEST_F(UniqueSource, WithAnExpressionTwiceIsRefused) {
  project_.database.Query("INSERT INTO client VALUES (5, 'a', 'north', NULL, 'org_5')");
  EXPECT_EQ(Filled("client.code = code AND client.id < 0"), "- - -");
  project_.database.Query("TRUNCATE rung.chunk, rung.fill, rung.backfill");
  EXPECT_EQ(
      Refusal("lower(client.code) = lower(code)"),
      R"(rung: backfills/001_org.toml:1: item: 2 rows of client have the same lower(client.code) (a): the value could be any of theirs
  state: nothing of this backfill was run
  next:  remove the duplicates, narrow `match` down to one row, or fill from a view that has one row for each
)");
}

TEST_F(UniqueSource, WithSeveralColumnsTwiceIsRefused) {
  Repeat();
  const std::string refused =
      R"(rung: backfills/001_org.toml:1: item: 2 rows of client have the same client.code, client.region (A, north): the value could be any of theirs
  state: nothing of this backfill was run
  next:  remove the duplicates, narrow `match` down to one row, or fill from a view that has one row for each
)";
  EXPECT_EQ(Refusal("client.code = code AND client.region = region"), refused);
  EXPECT_EQ(Refusal("(client.code, client.region) = (code, region)"), refused);
}

TEST_F(UniqueSource, ThatMatchesEveryRowIsRefused) {
  EXPECT_EQ(
      Refusal("client.region = 'north'"),
      R"(rung: backfills/001_org.toml:1: item: 4 rows of client match every row: the value could be any of theirs
  state: nothing of this backfill was run
  next:  narrow `match` down to one row of client
)");
}

TEST_F(UniqueSource, WithARowThatSeveralMatchByMoreThanEquationsIsRefused) {
  Repeat();
  EXPECT_EQ(
      Refusal("client.code = code AND client.since <= made"),
      R"(rung: backfills/001_org.toml:1: item: 2 rows of client match the same row (code, made = A, 2026-02-01): the value could be any of theirs
  state: nothing of this backfill was run
  next:  narrow `match` down to one row of client
)");
}

TEST_F(UniqueSource, IsOneWhereMoreThanEquationsLeaveOneRow) {
  Repeat();
  project_.database.Query("UPDATE item SET made = '2026-01-05'");
  EXPECT_EQ(Filled("client.code = code AND client.since <= made"), "org_1 org_2 -");
}

TEST_F(UniqueSource, IsOneWhereItsOwnConditionLeavesOneRow) {
  Repeat();
  EXPECT_EQ(Filled("client.code = code AND client.id > 1"), "org_5 org_2 -");
}

// NULL is equal to nothing, so rows without a key match nothing.
TEST_F(UniqueSource, MayLackTheKeySeveralTimes) {
  EXPECT_EQ(Filled("client.code = code"), "org_1 org_2 -");
}

TEST_F(UniqueSource, MayBeAViewWithOneRowForEachKey) {
  Repeat();
  project_.database.Query(
      "CREATE SCHEMA one; CREATE VIEW one.client AS SELECT DISTINCT ON (code) * FROM public.client "
      "ORDER BY code, id");
  EXPECT_EQ(Filled("client.code = code", "one.client"), "org_1 org_2 -");
}

TEST_F(UniqueSource, IsNotReadWhereAUniqueIndexAnswers) {
  const auto scans = [&] {
    return project_.database.Value(
        "SELECT pg_stat_get_numscans('client'::regclass) + (SELECT "
        "sum(pg_stat_get_numscans(indexrelid)) "
        "FROM pg_index WHERE indrelid = 'client'::regclass)");
  };
  project_.database.Query("CREATE UNIQUE INDEX ON client (code) INCLUDE (region)");
  project_.database.Query("SELECT pg_stat_reset()");
  for (const char* match : {"client.id = client", "client.code = code AND client.region = region",
                            "client.id = t.client AND client.since < made"}) {
    Fill(match);
    project_.RunExpecting(0, {"plan"});
  }
  EXPECT_EQ(scans(), "0");
  Fill("client.region = region AND client.code = lower(code)");
  project_.RunExpecting(0, {"plan"});
  EXPECT_TRUE(WaitUntil([&] { return scans() != "0"; }));
}

// A unique index that does not answer: of other columns, of some rows, of the parent without its children.
TEST_F(UniqueSource, IsLookedAtWhereAUniqueIndexDoesNotAnswer) {
  Repeat();
  project_.database.Query(
      "CREATE UNIQUE INDEX ON client (code, id); CREATE UNIQUE INDEX ON client (code) WHERE id < "
      "5");
  EXPECT_EQ(Refusal("client.code = code"), kRefused);
  project_.database.Query(
      "DELETE FROM client WHERE id = 5; CREATE UNIQUE INDEX ON client (code); "
      "CREATE TABLE client_of_old () INHERITS (client); INSERT INTO client_of_old VALUES (5, 'A')");
  EXPECT_EQ(Refusal("client.code = code"), kRefused);
}

}  // namespace
}  // namespace rung::test
