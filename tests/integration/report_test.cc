// The report: every reason counted on rows made by hand, in every format, whole.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

// Clients 1 and 2 have a value, 3 and 4 have none, 9 is no client.
constexpr const char* kTables = R"(
CREATE TABLE client (id int PRIMARY KEY, name text, org text);
INSERT INTO client VALUES (1, 'Acme', 'org_1'), (2, 'Bolt', 'org_2'), (3, 'Corp', NULL), (4, E'Evil\x1b[2J\n', NULL);
CREATE TABLE item (id int PRIMARY KEY, client_id int, org text);
INSERT INTO item VALUES
  (1, 1, 'org_1'), (2, 1, 'org_1'), (3, 2, 'org_2'),  -- right
  (4, 1, 'org_2'), (5, 2, 'other'), (6, 2, 'other'),  -- mismatches
  (7, 3, 'early'), (8, NULL, 'early'), (9, 9, 'early'),  -- filled, nothing to compare with
  (10, 1, NULL), (11, 2, NULL),  -- fillable
  (12, NULL, NULL), (13, NULL, NULL), (14, NULL, NULL),  -- no parent key
  (15, 9, NULL), (16, 9, NULL),  -- no such parent
  (17, 3, NULL), (18, 3, NULL), (19, 3, NULL), (20, 4, NULL);  -- the parent has no value
CREATE TABLE part (item_id int, org text);
INSERT INTO part VALUES
  (1, 'org_1'), (4, 'org_1'),  -- right, mismatch
  (1, NULL), (7, NULL),  -- fillable
  (NULL, NULL),  -- no parent key
  (77, NULL),  -- no such parent
  (12, NULL),  -- through an item without a client
  (15, NULL),  -- through an item whose client does not exist
  (17, NULL), (17, NULL), (20, NULL),  -- through items whose client has no value
  (10, NULL);  -- its item is fillable first
)";

constexpr const char* kFills = R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org" }

[[fill]]
table = "part"
from  = "item"
match = "item.id = item_id"
set   = { org = "item.org" }
)";

class Report : public testing::Test {
 protected:
  void Prepare(const std::string& tables, const std::string& fills) {
    project_.Write("migrations/001_tables.sql", tables);
    project_.Write("backfills/001_org.toml", fills);
    project_.RunExpecting(0, {"migrate"});
  }

  // The report, which must change nothing and be silent beside its result.
  std::string Text(int exit, std::vector<std::string> arguments = {"report"}) {
    const std::string before = Fingerprint(project_.database);
    const Result result = project_.RunExpecting(exit, std::move(arguments));
    EXPECT_EQ(result.err, "");
    EXPECT_EQ(Fingerprint(project_.database), before);
    return result.out;
  }

  Project project_;
};

TEST_F(Report, CountsEveryReasonAndNamesTheParentsInATable) {
  Prepare(kTables, kFills);
  EXPECT_EQ(Text(3), R"(001_org

table  rows  filled  missing  fillable  no parent key  no such parent  parent has no value  mismatch
-----  ----  ------  -------  --------  -------------  --------------  -------------------  --------
item     20       9       11         2              3               2                    4         3
part     12       2       10         2              1               1                    6         1
-----  ----  ------  -------  --------  -------------  --------------  -------------------  --------
total    32      11       21         4              4               3                   10         4

21 of 32 rows lack their value.
  4 are fillable: run `rung backfill 001_org --again`
  17 need a person: give the parents below a value, or the rows a parent
  4 rows have another value than their source: decide which one is right

parent  key  name             why             rows  tables
------  ---  ---------------  --------------  ----  ------
client  3    Corp             has no value       5       2
client  9                     does not exist     3       2
client  4    Evil\x1B[2J\x0A  has no value       2       2
item    10                    has no value       1       1
item    12                    has no value       1       1
item    77                    does not exist     1       1
)");
}

TEST_F(Report, IsTheSameInJson) {
  Prepare(kTables, kFills);
  const auto json = nlohmann::ordered_json::parse(Text(3, {"report", "--format", "json"}));
  EXPECT_EQ(json.dump(), nlohmann::ordered_json::parse(R"({"schema": 1, "backfills": [{
    "backfill": "001_org",
    "fills": [
      {"table": "item", "columns": "org", "rows": 20, "filled": 9, "missing": 11, "fillable": 2, "no_parent_key": 3,
       "no_parent": 2, "no_value": 4, "mismatches": 3, "set_aside": 0},
      {"table": "part", "columns": "org", "rows": 12, "filled": 2, "missing": 10, "fillable": 2, "no_parent_key": 1,
       "no_parent": 1, "no_value": 6, "mismatches": 1, "set_aside": 0}],
    "total": {"rows": 32, "filled": 11, "missing": 21, "fillable": 4, "no_parent_key": 4, "no_parent": 3,
      "no_value": 10, "mismatches": 4, "set_aside": 0},
    "blockers": [
      {"table": "client", "key": "3", "name": "Corp", "reason": "no_value", "rows": 5, "tables": 2},
      {"table": "client", "key": "9", "name": "", "reason": "no_parent", "rows": 3, "tables": 2},
      {"table": "client", "key": "4", "name": "Evil\u001b[2J\n", "reason": "no_value", "rows": 2, "tables": 2},
      {"table": "item", "key": "10", "name": "", "reason": "no_value", "rows": 1, "tables": 1},
      {"table": "item", "key": "12", "name": "", "reason": "no_value", "rows": 1, "tables": 1},
      {"table": "item", "key": "77", "name": "", "reason": "no_parent", "rows": 1, "tables": 1}]}]})")
                             .dump());
}

TEST_F(Report, IsTheSameInCsv) {
  Prepare(kTables, kFills);
  EXPECT_EQ(
      Text(3, {"report", "001", "--format", "csv"}),
      R"(backfill,table,rows,filled,missing,fillable,no_parent_key,no_parent,no_value,mismatches,set_aside
001_org,item,20,9,11,2,3,2,4,3,0
001_org,part,12,2,10,2,1,1,6,1,0
)");
}

TEST_F(Report, ExitsWithZeroWhereOnlyAPersonCanHelp) {
  Prepare(kTables, kFills);
  project_.database.Query(
      "UPDATE item SET org = NULL WHERE id IN (4, 5, 6); UPDATE part SET org = NULL WHERE item_id "
      "= 4");
  project_.RunExpecting(0, {"backfill"});
  EXPECT_EQ(Text(0), R"(001_org

table  rows  filled  missing  fillable  no parent key  no such parent  parent has no value  mismatch
-----  ----  ------  -------  --------  -------------  --------------  -------------------  --------
item     20      11        9         0              3               2                    4         0
part     12       5        7         0              1               1                    5         0
-----  ----  ------  -------  --------  -------------  --------------  -------------------  --------
total    32      16       16         0              4               3                    9         0

16 of 32 rows lack their value.
  16 need a person: give the parents below a value, or the rows a parent

parent  key  name             why             rows  tables
------  ---  ---------------  --------------  ----  ------
client  3    Corp             has no value       5       2
client  9                     does not exist     3       2
client  4    Evil\x1B[2J\x0A  has no value       2       2
item    12                    has no value       1       1
item    77                    does not exist     1       1
)");
}

TEST_F(Report, SaysInOneLineThatNothingIsMissing) {
  Prepare("CREATE TABLE item (id int, org text); INSERT INTO item VALUES (1, 'x'), (2, 'y');",
          "[[fill]]\ntable = \"item\"\nset = { org = \"'z'\" }\nwhere = \"id > 2\"\n");
  EXPECT_EQ(Text(0), R"(001_org

table  rows  filled  missing  fillable  no parent key  no such parent  parent has no value  mismatch
-----  ----  ------  -------  --------  -------------  --------------  -------------------  --------
item      0       0        0         0              0               0                    0         0
-----  ----  ------  -------  --------  -------------  --------------  -------------------  --------
total     0       0        0         0              0               0                    0         0

All 0 rows have their value.
)");
}

TEST_F(Report, OfTwoColumnsAndAConditionCountsRowsNotColumns) {
  Prepare(R"(
CREATE TABLE client (id int PRIMARY KEY, org text, region text);
INSERT INTO client VALUES (1, 'org_1', 'eu'), (2, 'org_2', NULL);
CREATE TABLE item (id int, client_id int, kind text, org text, region text);
INSERT INTO item VALUES
  (1, 1, 'a', 'org_1', 'eu'),  -- right
  (2, 1, 'a', 'org_1', 'us'), (3, 1, 'a', 'org_9', NULL),  -- mismatches; of the second a value is missing too
  (4, 1, 'a', NULL, NULL), (5, 1, 'a', 'org_1', NULL), (6, 2, 'a', NULL, NULL),  -- fillable, the last in part
  (7, 2, 'a', 'org_2', NULL),  -- the parent has no region
  (8, NULL, 'a', NULL, 'eu'),  -- no parent key
  (9, 1, 'b', NULL, NULL), (10, 1, NULL, NULL, NULL);  -- not what the fill is about
)",
          R"(
[[fill]]
table = "item"
from  = "client"
match = "client.id = client_id"
set   = { org = "client.org", region = "client.region" }
where = "kind = 'a'"
)");
  EXPECT_EQ(
      Text(3, {"report", "--format", "csv"}),
      R"(backfill,table,rows,filled,missing,fillable,no_parent_key,no_parent,no_value,mismatches,set_aside
001_org,item,8,2,6,4,1,0,1,2,0
)");
}

TEST_F(Report, OfAnExpressionWithoutASource) {
  Prepare(
      "CREATE TABLE item (id int, phone text, digits text);\n"
      "INSERT INTO item VALUES (1, '1-2', '12'), (2, '3-4', NULL), (3, NULL, NULL), (4, '5-6', "
      "'65');\n",
      "[[fill]]\ntable = \"item\"\nset = { digits = \"replace(phone, '-', '')\" }\n");
  EXPECT_EQ(
      Text(3, {"report", "--format", "csv"}),
      R"(backfill,table,rows,filled,missing,fillable,no_parent_key,no_parent,no_value,mismatches,set_aside
001_org,item,4,2,2,1,0,0,1,1,0
)");
}

TEST_F(Report, OfColumnsThatCannotBeComparedCountsThemAllTheSame) {
  Prepare(
      "CREATE TABLE item (id int, raw json, kind text);\n"
      "INSERT INTO item VALUES (1, '{\"kind\": \"a\"}', 'a'), (2, '{\"kind\": \"b\"}', NULL), (3, "
      "'{}', NULL), (4, NULL, NULL);\n",
      "[[fill]]\ntable = \"item\"\nset = { kind = \"raw->>'kind'\" }\n");
  EXPECT_EQ(
      Text(3, {"report", "--format", "csv"}),
      R"(backfill,table,rows,filled,missing,fillable,no_parent_key,no_parent,no_value,mismatches,set_aside
001_org,item,4,1,3,1,0,0,2,0,0
)");
}

TEST_F(Report, OfABackfillThatIsNotThere) {
  Prepare(kTables, kFills);
  const Result result = project_.RunExpecting(2, {"report", "002"});
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, R"(rung: backfills: no backfill `002`
  state: a report changes nothing
  next:  see `rung status` for their names
)");
}

TEST_F(Report, BeforeTheMigrationSaysWhatIsMissing) {
  project_.Write("migrations/001_tables.sql", kTables);
  project_.Write("backfills/001_org.toml", kFills);
  const Result result = project_.RunExpecting(1, {"report"});
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, R"(rung: backfills/001_org.toml:2: table item does not exist
  state: a report changes nothing
  next:  correct the name, or apply the migration that creates it
)");
}

}  // namespace
}  // namespace rung::test
