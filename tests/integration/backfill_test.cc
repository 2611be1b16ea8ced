// Backfills of every shape, alone on the database: each row gets what its fill says, once.

#include <gtest/gtest.h>

#include "integration/masked.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Backfill : public testing::Test {
 protected:
  void Prepare(const std::string& tables, const std::string& fill) {
    project_.Write("migrations/001_tables.sql", tables);
    project_.Write("backfills/001_fill.toml", fill);
    project_.RunExpecting(0, {"migrate"});
  }

  Rows Query(const std::string& sql) { return project_.database.Query(sql); }

  Project project_;
};

TEST_F(Backfill, WithoutASourceFillsFromTheRowItself) {
  Prepare(R"(
CREATE TABLE contact (id int, phone text, phone_digits text);
INSERT INTO contact VALUES (1, '+49 (30) 123', NULL), (2, NULL, NULL), (3, '44', 'kept'), (4, 'none', NULL);
)",
          R"~(
[[fill]]
table = "contact"
set   = { phone_digits = "regexp_replace(phone, '[^0-9]', '', 'g')" }
where = "phone IS NOT NULL"
)~");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT id, phone_digits FROM contact ORDER BY id"),
            (Rows{{"1", "4930123"}, {"2", "NULL"}, {"3", "kept"}, {"4", ""}}));
  EXPECT_EQ(Query("SELECT rows_filled FROM rung.fill"), (Rows{{"2"}}));
}

TEST_F(Backfill, WithAConditionLeavesTheOtherRowsAlone) {
  Prepare(R"(
CREATE TABLE item (id int, kind text, org text);
INSERT INTO item SELECT g, CASE WHEN g % 2 = 0 THEN 'even' ELSE 'odd' END FROM generate_series(1, 6) g;
)",
          "[[fill]]\ntable = \"item\"\nset = { org = \"'x'\" }\nwhere = \"kind = 'even'\"\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT kind, org, count(*) FROM item GROUP BY 1, 2 ORDER BY 1"),
            (Rows{{"even", "x", "3"}, {"odd", "NULL", "3"}}));
}

TEST_F(Backfill, OfTwoColumnsFillsEachWhereItIsMissing) {
  Prepare(R"(
CREATE TABLE client (id int PRIMARY KEY, org text, region text);
INSERT INTO client VALUES (1, 'org_1', 'eu'), (2, 'org_2', NULL), (3, NULL, NULL);
CREATE TABLE item (id int, client_id int, org text, region text);
INSERT INTO item VALUES (1, 1, NULL, NULL), (2, 1, 'own', NULL), (3, 1, NULL, 'own'), (4, 1, 'own', 'own'),
  (5, 2, NULL, NULL), (6, 3, NULL, NULL), (7, NULL, NULL, NULL);
)",
          R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org", region = "client.region" }
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT * FROM item ORDER BY id"), (Rows{{"1", "1", "org_1", "eu"},
                                                           {"2", "1", "own", "eu"},
                                                           {"3", "1", "org_1", "own"},
                                                           {"4", "1", "own", "own"},
                                                           {"5", "2", "org_2", "NULL"},
                                                           {"6", "3", "NULL", "NULL"},
                                                           {"7", "NULL", "NULL", "NULL"}}));
  EXPECT_EQ(Query("SELECT rows_filled FROM rung.fill"), (Rows{{"4"}}));
}

TEST_F(Backfill, ThroughTwoParentsWaitsForEachHopWhateverTheirOrderInTheFile) {
  Prepare(R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
CREATE TABLE session (id int PRIMARY KEY, client_id int, org text);
CREATE TABLE message (id int PRIMARY KEY, session_id int, org text);
CREATE TABLE part (id int PRIMARY KEY, message_id int, org text);
INSERT INTO client VALUES (1, 'org_1'), (2, NULL);
INSERT INTO session SELECT g, 1 + g % 2 FROM generate_series(1, 10) g;
INSERT INTO message SELECT g, 1 + g % 10 FROM generate_series(1, 100) g;
INSERT INTO part SELECT g, 1 + g % 100 FROM generate_series(1, 1000) g;
)",
          R"(
[[fill]]
table = "part"
from  = "message"
match = "message.id = message_id"
set   = { org = "message.org" }

[[fill]]
table = "message"
from  = "session"
match = "session.id = session_id"
set   = { org = "session.org" }

[[fill]]
table = "session"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }
)");
  project_.RunExpecting(0, {"up", "--jobs", "3"});
  EXPECT_EQ(Query("SELECT relation, rows_filled, pass FROM rung.fill ORDER BY position"),
            (Rows{{"public.part", "500", "1"},
                  {"public.message", "50", "1"},
                  {"public.session", "5", "1"}}));
  EXPECT_EQ(
      Query("SELECT p.org IS NOT DISTINCT FROM c.org, count(*) FROM part p JOIN message m ON m.id "
            "= message_id "
            "JOIN session s ON s.id = session_id JOIN client c ON c.id = client_id GROUP BY 1"),
      (Rows{{"t", "1000"}}));
}

TEST_F(Backfill, FromTheTableItselfGoesDownTheTree) {
  Prepare(R"(
CREATE TABLE folder (id int PRIMARY KEY, parent_id int, org text);
INSERT INTO folder VALUES (1, NULL, 'org_1'), (2, 1, NULL), (3, 2, NULL), (4, 3, NULL), (5, 3, 'own'), (6, 5, NULL),
  (7, NULL, NULL), (8, 7, NULL);
)",
          R"(
[[fill]]
table = "folder"
from  = "folder"
match = "folder.id = parent_id"
set   = { org = "folder.org" }
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT id, org FROM folder ORDER BY id"), (Rows{{"1", "org_1"},
                                                                   {"2", "org_1"},
                                                                   {"3", "org_1"},
                                                                   {"4", "org_1"},
                                                                   {"5", "own"},
                                                                   {"6", "own"},
                                                                   {"7", "NULL"},
                                                                   {"8", "NULL"}}));
}

TEST_F(Backfill, OfATreeIsFilledLevelByLevel) {
  Prepare(R"(
CREATE TABLE folder (id int PRIMARY KEY, parent_id int, org text);
INSERT INTO folder SELECT g, nullif(g - 1, 0), CASE g WHEN 1 THEN 'org_1' END FROM generate_series(1, 15) g;
)",
          R"(
[[fill]]
table = "folder"
from  = "folder"
match = "folder.id = parent_id"
set   = { org = "folder.org" }
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT org, count(*) FROM folder GROUP BY 1"), (Rows{{"org_1", "15"}}));
}

TEST_F(Backfill, OfAPartitionedTableFillsEveryLeaf) {
  Prepare(R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
INSERT INTO client VALUES (1, 'org_1'), (2, NULL);
CREATE TABLE event (id int, client_id int, month date, org text) PARTITION BY RANGE (month);
CREATE TABLE event_1 PARTITION OF event FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
CREATE TABLE "Event 2" PARTITION OF event FOR VALUES FROM ('2026-02-01') TO ('2026-03-01')
  PARTITION BY LIST (client_id);
CREATE TABLE event_2a PARTITION OF "Event 2" DEFAULT;
INSERT INTO event SELECT g, 1 + g % 2, date '2026-01-01' + g % 59 FROM generate_series(1, 590) g;
)",
          R"(
[[fill]]
table = "event"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }
)");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"up"}).err),
            R"(001_fill: 2 of 2 tables to fill, 1 worker
event_1: complete, 155 rows filled
event_2a: complete, 140 rows filled
001_fill: complete and verified, 295 rows filled, this run took <duration>
up to date: 1 migration applied, 1 backfill complete
)");
  EXPECT_EQ(Query("SELECT org, client_id, count(*) FROM event GROUP BY 1, 2 ORDER BY 2"),
            (Rows{{"org_1", "1", "295"}, {"NULL", "2", "295"}}));
  EXPECT_EQ(Query("SELECT relation, rows_filled FROM rung.fill ORDER BY id"),
            (Rows{{"public.event_1", "155"}, {"public.event_2a", "140"}}));
}

TEST_F(Backfill, OfNamesThatNeedQuotesInAnotherSchema) {
  Prepare(R"(
CREATE SCHEMA "my app";
CREATE TABLE "my app"."Client" ("Id" int, "select" text);
CREATE TABLE "my app"."It""em" ("Id" int, "Client" int, "Org Id" text);
INSERT INTO "my app"."Client" VALUES (1, 'it''s');
INSERT INTO "my app"."It""em" VALUES (1, 1, NULL), (2, 2, NULL);
)",
          R"(
[[fill]]
table = '"my app"."It""em"'
from  = '"my app"."Client"'
match = '"Client"."Id" = t."Client"'
set   = { "Org Id" = '"Client"."select"' }
)");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query(R"(SELECT * FROM "my app"."It""em" ORDER BY 1)"),
            (Rows{{"1", "1", "it's"}, {"2", "2", "NULL"}}));
  project_.RunExpecting(0, {"report"});
}

TEST_F(Backfill, AgainFillsWhatHasBecomeFillable) {
  Prepare(R"(
CREATE TABLE client (id int PRIMARY KEY, org text);
CREATE TABLE item (id int, client_id int, org text);
INSERT INTO client VALUES (1, 'org_1'), (2, NULL);
INSERT INTO item SELECT g, 1 + g % 2 FROM generate_series(1, 10) g;
)",
          R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }
)");
  project_.RunExpecting(0, {"up"});
  Query("UPDATE client SET org = 'org_2' WHERE id = 2");
  EXPECT_EQ(project_.RunExpecting(0, {"backfill"}).err,
            "up to date: 1 migration applied, 1 backfill complete\n");
  EXPECT_EQ(Query("SELECT count(org) FROM item"), (Rows{{"5"}}));
  EXPECT_EQ(Masked(project_, project_.RunExpecting(0, {"backfill", "--again"}).err),
            R"(001_fill: 1 of 1 tables to fill, 1 worker
item: 5 rows more to fill, pass 2 begins
item: complete, 10 rows filled
001_fill: complete and verified, 10 rows filled, this run took <duration>
up to date: 1 migration applied, 1 backfill complete
)");
  EXPECT_EQ(Query("SELECT org, count(*) FROM item GROUP BY 1 ORDER BY 1"),
            (Rows{{"org_1", "5"}, {"org_2", "5"}}));
  EXPECT_EQ(Query("SELECT state, rows_filled FROM rung.fill"), (Rows{{"complete", "10"}}));
}

TEST_F(Backfill, OfEmptyTablesIsCompleteAtOnce) {
  Prepare("CREATE TABLE a (x text); CREATE TABLE b (x text, id int PRIMARY KEY);",
          "[[fill]]\ntables = [\"a\", \"b\"]\nset = { x = \"'x'\" }\n\n"
          "[[fill]]\ntable = \"b\"\nset = { id = \"id + 1\" }\nonce = true\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(Query("SELECT state, rows_filled FROM rung.fill"),
            (Rows{{"complete", "0"}, {"complete", "0"}, {"complete", "0"}}));
}

}  // namespace
}  // namespace rung::test
