#include "ladder/ladder.h"

#include <gtest/gtest.h>

namespace rung::ladder {
namespace {

core::Version Number(std::string_view text) { return core::Version::Parse(text).value(); }

// Files and database of a test.
class LadderTest : public ::testing::Test {
 protected:
  void AddMigration(const std::string& version) {
    migrations_.push_back({.version = Number(version),
                           .name = "m",
                           .path = "",
                           .checksum = "",
                           .token_checksum = "",
                           .statements = {},
                           .units = {},
                           .text = nullptr});
  }

  void AddBackfill(const std::string& version, const std::string& state = "") {
    backfills_.push_back({.version = Number(version),
                          .name = "b",
                          .path = "",
                          .checksum = "",
                          .description = "",
                          .fills = {}});
    if (state.empty()) return;
    rows_.push_back({.version = Number(version),
                     .name = "b",
                     .checksum = "",
                     .state = state,
                     .started_at = "",
                     .completed_at = ""});
  }

  // Migrations from this number on are not applied.
  std::vector<Rung> Plan(const std::string& first_pending, const char* to = nullptr) const {
    std::vector<migrate::PendingMigration> pending;
    for (const migrate::Migration& migration : migrations_) {
      if (migration.version >= Number(first_pending)) pending.push_back({&migration, 0, false});
    }
    return PlanLadder({migrations_, pending, backfills_, rows_},
                      to == nullptr ? std::nullopt : std::optional(Number(to)));
  }

  std::string Gate(const std::string& first_pending, const char* to = nullptr) const {
    const std::vector<Rung> rungs = Plan(first_pending, to);
    const Rung* gate = FindGate(rungs);
    return gate == nullptr ? "none" : gate->label;
  }

 private:
  std::vector<migrate::Migration> migrations_;
  std::vector<fill::BackfillFile> backfills_;
  std::vector<backfill::BackfillRow> rows_;
};

// "001_m+ 001_b 002_m": those with + are done.
std::string Text(const std::vector<Rung>& rungs) {
  std::string text;
  for (const Rung& rung : rungs) {
    text += (text.empty() ? "" : " ") + rung.label + (rung.is_done ? "+" : "");
  }
  return text;
}

TEST_F(LadderTest, PutsEachBackfillBehindTheMigrationOfItsNumber) {
  for (const char* version : {"001", "002", "003"}) AddMigration(version);
  AddBackfill("002", "complete");
  AddBackfill("003");
  const std::vector<Rung> rungs = Plan("003");
  EXPECT_EQ(Text(rungs), "001_m+ 002_m+ 002_b+ 003_m 003_b");
  EXPECT_EQ(rungs[2].kind, Kind::kBackfill);
  EXPECT_EQ(rungs[3].kind, Kind::kMigration);
  EXPECT_EQ(rungs[3].index, 2u);
  EXPECT_EQ(rungs[4].index, 1u);
}

TEST_F(LadderTest, ComparesNumbersOfAnotherWidth) {
  AddMigration("001");
  AddMigration("002");
  AddMigration("010");
  AddBackfill("2", "complete");
  AddBackfill("9");
  EXPECT_EQ(Text(Plan("010")), "001_m+ 002_m+ 2_b+ 9_b 010_m");
}

TEST_F(LadderTest, TakesOnlyACompleteBackfillForDone) {
  for (const char* state : {"running", "paused", "cancelled"}) AddBackfill("001", state);
  AddBackfill("002", "complete");
  EXPECT_EQ(Text(Plan("001")), "001_b 001_b 001_b 002_b+");
}

TEST_F(LadderTest, EndsAtTheNumberAskedFor) {
  for (const char* version : {"001", "002", "003"}) AddMigration(version);
  AddBackfill("002");
  EXPECT_EQ(Text(Plan("001", "002")), "001_m 002_m 002_b");
  EXPECT_EQ(Text(Plan("001", "2")), "001_m 002_m 002_b");
  EXPECT_EQ(Text(Plan("001", "0")), "");
  EXPECT_EQ(Text(Plan("001", "999")), "001_m 002_m 002_b 003_m");
}

TEST_F(LadderTest, IsEmptyWithoutFiles) {
  EXPECT_EQ(Text(Plan("001")), "");
  EXPECT_EQ(Gate("001"), "none");
}

TEST_F(LadderTest, HasItsGateAtAnUnfinishedBackfillBelowAPendingMigration) {
  for (const char* version : {"001", "002", "003"}) AddMigration(version);
  AddBackfill("001", "complete");
  AddBackfill("002", "running");
  EXPECT_EQ(Gate("003"), "002_b");
  EXPECT_EQ(Gate("001"), "002_b");
}

TEST_F(LadderTest, HasNoGateWhereNothingIsPendingAboveIt) {
  AddMigration("001");
  AddMigration("002");
  AddBackfill("002");
  EXPECT_EQ(Gate("002"), "none");
  EXPECT_EQ(Gate("003"), "none");
}

TEST_F(LadderTest, HasNoGateWhereEveryBackfillIsComplete) {
  AddMigration("001");
  AddMigration("002");
  AddBackfill("001", "complete");
  EXPECT_EQ(Gate("002"), "none");
}

TEST_F(LadderTest, HasNoGateAboveTheNumberAskedFor) {
  AddMigration("001");
  AddMigration("002");
  AddBackfill("001");
  EXPECT_EQ(Gate("002"), "001_b");
  EXPECT_EQ(Gate("002", "001"), "none");
}

TEST_F(LadderTest, ReachesABackfillWhoseMigrationsAreApplied) {
  for (const char* version : {"001", "002", "003"}) AddMigration(version);
  AddBackfill("002");
  std::vector<Rung> rungs = Plan("003");
  ASSERT_EQ(Text(rungs), "001_m+ 002_m+ 002_b 003_m");
  EXPECT_TRUE(IsReachable(rungs, rungs[2]));
  rungs = Plan("002");
  EXPECT_FALSE(IsReachable(rungs, rungs[2]));
  rungs = Plan("001");
  EXPECT_FALSE(IsReachable(rungs, rungs[2]));
}

TEST_F(LadderTest, ReachesABackfillWithoutAMigrationOfItsOwn) {
  AddMigration("001");
  AddMigration("003");
  AddBackfill("002");
  const std::vector<Rung> rungs = Plan("003");
  ASSERT_EQ(Text(rungs), "001_m+ 002_b 003_m");
  EXPECT_TRUE(IsReachable(rungs, rungs[1]));
}

}  // namespace
}  // namespace rung::ladder
