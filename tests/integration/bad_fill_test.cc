// Fills that this server cannot carry out: named at their place in the file, before a row is touched.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

class BadFill : public testing::Test {
 protected:
  BadFill() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
CREATE TABLE item (id int PRIMARY KEY, client int, org text);
CREATE TABLE heap (id int, hits int);
CREATE VIEW seen AS SELECT * FROM item;
INSERT INTO client VALUES (1, 'org_1');
INSERT INTO item VALUES (1, 1, NULL), (2, 1, NULL);
INSERT INTO heap VALUES (1, 0);
)");
    project_.RunExpecting(0, {"migrate"});
  }

  // What the commands tell of this backfill; no row may change, and no backfill be known.
  std::string Refusal(const std::string& fill) {
    project_.Write("backfills/001_org.toml", "# A comment.\n\n" + fill);
    const std::string before = Fingerprint(project_.database);
    const Result result = project_.RunExpecting(1, {"up"});
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(project_.RunExpecting(1, {"backfill", "--jobs", "2"}).err, result.err);
    EXPECT_EQ(project_.RunExpecting(1, {"plan"}).err, result.err);
    EXPECT_EQ(Fingerprint(project_.database), before);
    return Masked(project_, result.err);
  }

  Project project_;
};

TEST_F(BadFill, AnUnknownTableIsNamed) {
  EXPECT_EQ(Refusal(R"([[fill]]
tables = ["item", "itme"]
from   = "client"
match  = "client.id = client"
set    = { org = "client.org" }
)"),
            R"(rung: backfills/001_org.toml:3: table itme does not exist
  state: nothing of this backfill was run
  next:  correct the name, or apply the migration that creates it
)");
}

TEST_F(BadFill, UnknownColumnsOfTheFilledTableAreNamed) {
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"item\"\nset = { orgg = \"'x'\" }\nwhere = \"nam IS NULL\"\n"),
      R"(rung: backfills/001_org.toml:3: table item has no column nam, orgg
  state: nothing of this backfill was run
  next:  correct the name, or apply the migration that adds it
)");
}

TEST_F(BadFill, AnUnknownColumnOfTheSourceIsNamed) {
  EXPECT_EQ(Refusal(R"([[fill]]
table = "item"
from  = "client"
match = "client.id = client"
set   = { org = "client.clerk_org" }
)"),
            R"(rung: backfills/001_org.toml:3: item: column client.clerk_org does not exist [42703]
  state: nothing of this backfill was run
  next:  correct the file and run it again
)");
}

TEST_F(BadFill, AnUnknownSourceIsNamed) {
  EXPECT_EQ(Refusal(R"([[fill]]
table = "item"
from  = "customer"
match = "customer.id = client"
set   = { org = "customer.org" }
)"),
            R"(rung: backfills/001_org.toml:3: item: relation "customer" does not exist [42P01]
  state: nothing of this backfill was run
  next:  correct the file and run it again
)");
}

TEST_F(BadFill, AValueOfAnotherTypeIsRefused) {
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"heap\"\nset = { hits = \"now()\" }\n"),
      R"(rung: backfills/001_org.toml:3: heap: column "hits" is of type integer but expression is of type timestamp with time zone [42804]
  hint: You will need to rewrite or cast the expression.
  state: nothing of this backfill was run
  next:  correct the file and run it again
)");
}

TEST_F(BadFill, AViewIsRefused) {
  EXPECT_EQ(Refusal("[[fill]]\ntable = \"seen\"\nset = { org = \"'x'\" }\n"),
            R"(rung: backfills/001_org.toml:3: seen is a view, it has no rows of its own to fill
  state: nothing of this backfill was run
  next:  name the table behind it
)");
}

TEST_F(BadFill, ATableWithoutAKeyIsRefusedWhereEachRowIsToBeVisitedOnce) {
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"heap\"\nset = { hits = \"hits + 1\" }\nonce = true\n"),
      R"(rung: backfills/001_org.toml:3: public.heap has no primary key and no unique index over NOT NULL columns, which once = true needs
  state: nothing of this backfill was run
  next:  add one
)");
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"heap\"\nset = { hits = \"7\" }\nsweep = \"key\"\n"),
      R"(rung: backfills/001_org.toml:3: public.heap has no primary key and no unique index over NOT NULL columns, which the key sweep needs
  state: nothing of this backfill was run
  next:  add one
)");
}

TEST_F(BadFill, AUniqueIndexThatAllowsNullIsNoKey) {
  project_.database.Query("CREATE UNIQUE INDEX ON heap (id)");
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"heap\"\nset = { hits = \"hits + 1\" }\nonce = true\n"),
      R"(rung: backfills/001_org.toml:3: public.heap has no primary key and no unique index over NOT NULL columns, which once = true needs
  state: nothing of this backfill was run
  next:  add one
)");
  project_.database.Query("ALTER TABLE heap ALTER id SET NOT NULL");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT hits FROM heap"), "1");
}

TEST_F(BadFill, AGeneratedColumnIsRefused) {
  project_.database.Query("ALTER TABLE item ADD twice int GENERATED ALWAYS AS (id * 2) STORED");
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"item\"\nset = { twice = \"3\" }\n"),
      R"(rung: backfills/001_org.toml:3: item: column twice is GENERATED ALWAYS from other columns, no value can be set
  state: nothing of this backfill was run
  next:  fill the columns that it comes from
)");
}

TEST_F(BadFill, AnIdentityThatIsAlwaysGeneratedIsRefused) {
  project_.database.Query("ALTER TABLE item ADD number int GENERATED ALWAYS AS IDENTITY");
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"item\"\nset = { number = \"id\" }\n"),
      R"(rung: backfills/001_org.toml:3: item: column number is GENERATED ALWAYS AS IDENTITY, no value can be set
  state: nothing of this backfill was run
  next:  set another column
)");
}

TEST_F(BadFill, APartitionKeyIsRefused) {
  project_.database.Query(R"(
    CREATE TABLE event (id int, day date, org text) PARTITION BY RANGE (day, lower(org));
    CREATE TABLE event_1 PARTITION OF event DEFAULT PARTITION BY LIST ((id % 2));
    CREATE TABLE event_2 PARTITION OF event_1 DEFAULT)");
  const std::string day =
      R"(rung: backfills/001_org.toml:3: event: column day is part of the partition key of event: a new value would move its row
  state: nothing of this backfill was run
  next:  set another column, or move the rows by hand
)";
  EXPECT_EQ(Refusal("[[fill]]\ntable = \"event\"\nset = { day = \"now()\" }\n"), day);
  std::string of_expression = day;
  of_expression.replace(of_expression.find("column day"), 10, "column org");
  EXPECT_EQ(Refusal("[[fill]]\ntable = \"event\"\nset = { org = \"'x'\" }\n"), of_expression);
  EXPECT_EQ(
      Refusal("[[fill]]\ntable = \"event_2\"\nset = { id = \"7\" }\n"),
      R"(rung: backfills/001_org.toml:3: event_2: column id is part of the partition key of event_1: a new value would move its row
  state: nothing of this backfill was run
  next:  set another column, or move the rows by hand
)");
}

TEST_F(BadFill, WhatHasNoRowsOfItsOwnIsRefusedByItsKind) {
  project_.database.Query(R"(
    CREATE MATERIALIZED VIEW kept AS SELECT * FROM item;
    CREATE SEQUENCE counter;
    CREATE TYPE pair AS (a int, b int);
    CREATE TABLE event (id int PRIMARY KEY) PARTITION BY RANGE (id))");
  const std::pair<const char*, const char*> kinds[] = {{"kept", "a materialized view"},
                                                       {"counter", "a sequence"},
                                                       {"pair", "a composite type"},
                                                       {"item_pkey", "an index"},
                                                       {"event_pkey", "an index"}};
  for (const auto& [name, kind] : kinds) {
    EXPECT_EQ(Refusal(std::string("[[fill]]\ntable = \"") + name + "\"\nset = { org = \"'x'\" }\n"),
              std::string("rung: backfills/001_org.toml:3: ") + name + " is " + kind +
                  ", it has no rows of its own to fill\n"
                  "  state: nothing of this backfill was run\n"
                  "  next:  name the table behind it\n");
  }
}

TEST_F(BadFill, AllRefusalsAreNamedAtOnce) {
  EXPECT_EQ(Refusal(R"([[fill]]
tables = ["itme", "seen"]
set    = { org = "'x'" }

[[fill]]
table = "heap"
set   = { hits = "CURRENT_DATE" }

[[fill]]
table = "itme2"
set   = { org = "'x'" }
)"),
            R"(rung: backfills/001_org.toml:3: table itme does not exist
rung: backfills/001_org.toml:3: seen is a view, it has no rows of its own to fill
rung: backfills/001_org.toml:7: heap: column "hits" is of type integer but expression is of type date [42804]
  hint: You will need to rewrite or cast the expression.
rung: backfills/001_org.toml:11: table itme2 does not exist
  state: nothing of this backfill was run
  next:  correct the name, or apply the migration that creates it; name the table behind it; correct the file and run it again
)");
}

TEST_F(BadFill, AnUnknownBackfillIsRefused) {
  project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"item\"\nset = { org = \"'x'\" }\n");
  const std::string before = Fingerprint(project_.database);
  EXPECT_EQ(project_.RunExpecting(2, {"backfill", "orgs"}).err,
            R"(rung: backfills: no backfill `orgs`
  state: nothing was changed
  next:  see `rung status` for their names
)");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(BadFill, ABackfillFileChangedAfterItBeganIsRefused) {
  project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"item\"\nset = { org = \"'x'\" }\n");
  project_.RunExpecting(0, {"up"});
  project_.Write("backfills/001_org.toml", "[[fill]]\ntable = \"item\"\nset = { org = \"'y'\" }\n");
  const std::string before = Fingerprint(project_.database);
  for (const char* command : {"up", "backfill", "migrate", "plan"}) {
    EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {command}).err),
              R"(rung: backfills/001_org.toml: changed after the backfill began on <time>
  begun: sha256 <sha256>
  file:  sha256 <sha256>
  state: nothing was changed by this run; rows filled by the old definition are kept
  next:  bring the file back to what was begun, and put the change into a backfill with a new number
)") << command;
  }
  EXPECT_EQ(Fingerprint(project_.database), before);
}

}  // namespace
}  // namespace rung::test
