#include "backfill/batch_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::backfill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// EXPLAIN's output around the nodes below the update.
std::string Update(const std::string& below) {
  return R"([{"Plan": {"Node Type": "ModifyTable", "Operation": "Update", "Relation Name": "item",)"
         R"( "Schema": "public", "Alias": "t", "Plans": [)" +
         below + "]}}]";
}

std::string Node(const std::string& type, const std::string& rest) {
  return R"({"Node Type": ")" + type + "\"" + (rest.empty() ? "" : ", " + rest) + "}";
}

std::string OfItem(const std::string& rest = "") {
  return R"("Relation Name": "item", "Schema": "public", "Alias": "t")" +
         (rest.empty() ? "" : ", " + rest);
}

std::string OfClient(const std::string& rest = "") {
  return R"("Relation Name": "client", "Schema": "public", "Alias": "client")" +
         (rest.empty() ? "" : ", " + rest);
}

std::string Plans(const std::string& a, const std::string& b = "") {
  return R"("Plans": [)" + a + (b.empty() ? "" : ", " + b) + "]";
}

const std::string kRange = R"~("Index Cond": "((t.id > '5'::bigint) AND (t.id <= '9'::bigint))")~";

bool ScansTarget(const std::string& node, Sweep sweep) {
  return ReadPlan(Update(node), sweep).scans_target;
}

TEST(BatchPlan, OfAPageSweepGoesByARangeOfPages) {
  EXPECT_FALSE(ScansTarget(Node("Tid Range Scan", OfItem()), Sweep::kPage));
  EXPECT_TRUE(ScansTarget(Node("Seq Scan", OfItem()), Sweep::kPage));
  EXPECT_TRUE(ScansTarget(Node("Index Scan", OfItem(kRange)), Sweep::kPage));
}

TEST(BatchPlan, OfAKeySweepGoesByTheKeysUpperBound) {
  EXPECT_FALSE(ScansTarget(Node("Index Scan", OfItem(kRange)), Sweep::kKey));
  EXPECT_FALSE(ScansTarget(
      Node("Index Scan", OfItem(R"~("Index Cond": "(ROW(t.a, t.b) <= ROW(1, 'x'::text))")~")),
      Sweep::kKey));
  EXPECT_TRUE(ScansTarget(Node("Seq Scan", OfItem()), Sweep::kKey));
  EXPECT_TRUE(ScansTarget(Node("Index Scan", OfItem()), Sweep::kKey));
}

TEST(BatchPlan, AnIndexOfAnotherColumnIsNoRange) {
  EXPECT_TRUE(ScansTarget(
      Node("Index Scan", OfItem(R"~("Index Cond": "(t.client_id = client.id)")~")), Sweep::kKey));
  EXPECT_TRUE(ScansTarget(
      Node("Index Scan", OfItem(R"~("Index Cond": "(t.name = 'a <= b'::text)")~")), Sweep::kKey));
}

TEST(BatchPlan, ABitmapIsAsGoodAsOneOfItsIndexes) {
  const std::string by_range = Node("Bitmap Index Scan", kRange);
  const std::string by_client = Node("Bitmap Index Scan", R"~("Index Cond": "(t.client_id = 5)")~");
  const auto scans = [](const std::string& below) {
    return ScansTarget(Node("Bitmap Heap Scan", OfItem(Plans(below))), Sweep::kKey);
  };
  EXPECT_FALSE(scans(by_range));
  EXPECT_TRUE(scans(by_client));
  EXPECT_FALSE(scans(Node("BitmapAnd", Plans(by_client, by_range))));
  EXPECT_TRUE(scans(Node("BitmapOr", Plans(by_client, by_range))));
}

TEST(BatchPlan, OfAForeignTableSendsTheRange) {
  EXPECT_FALSE(ScansTarget(
      Node("Foreign Scan",
           OfItem(R"("Remote SQL": "SELECT id FROM public.item WHERE ((id <= 9)) FOR UPDATE")")),
      Sweep::kKey));
  EXPECT_TRUE(ScansTarget(
      Node("Foreign Scan", OfItem(R"("Remote SQL": "SELECT id FROM public.item FOR UPDATE")")),
      Sweep::kKey));
}

TEST(BatchPlan, ThatDoesNotShowItsScansIsNotJudged) {
  const Reading reading = ReadPlan(
      R"([{"Plan": {"Node Type": "Custom Scan", "Custom Plan Provider": "Citus Adaptive"}}])",
      Sweep::kKey);
  EXPECT_FALSE(reading.scans_target);
  EXPECT_THAT(reading.read_whole, IsEmpty());
}

TEST(BatchPlan, NamesATableThatIsReadWhole) {
  const auto read_whole = [](const std::string& source) {
    return ReadPlan(Update(Node("Hash Join", Plans(Node("Tid Range Scan", OfItem()),
                                                   Node("Hash", Plans(source))))),
                    Sweep::kPage)
        .read_whole;
  };
  EXPECT_THAT(read_whole(Node("Seq Scan", OfClient())), ElementsAre("\"public\".\"client\""));
  EXPECT_THAT(read_whole(Node("Index Only Scan", OfClient())),
              ElementsAre("\"public\".\"client\""));
  EXPECT_THAT(
      read_whole(Node("Index Scan", OfClient(R"~("Index Cond": "(client.id = t.client_id)")~"))),
      IsEmpty());
  EXPECT_THAT(
      read_whole(Node("Append", Plans(Node("Seq Scan", OfClient()), Node("Seq Scan", OfClient())))),
      ElementsAre("\"public\".\"client\""));
}

TEST(BatchPlan, ALimitMayEndAScanEarly) {
  EXPECT_THAT(ReadPlan(Update(Node("Nested Loop",
                                   Plans(Node("Tid Range Scan", OfItem()),
                                         Node("Limit", Plans(Node("Seq Scan", OfClient())))))),
                       Sweep::kPage)
                  .read_whole,
              IsEmpty());
}

TEST(BatchPlan, KnowsASort) {
  EXPECT_TRUE(SortsRows(R"([{"Plan": {"Node Type": "Limit", "Plans": [{"Node Type": "Sort"}]}}])"));
  EXPECT_FALSE(
      SortsRows(R"([{"Plan": {"Node Type": "Limit", "Plans": [{"Node Type": "Index Scan"}]}}])"));
}

}  // namespace
}  // namespace rung::backfill
