#include "backfill/pace.h"

#include <gtest/gtest.h>

namespace rung::backfill {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// A server that fares well, and hides nothing.
Readings Well() {
  Readings readings;
  readings.time_of_day = hours(12);
  readings.sessions_blocked = 0;
  readings.replica_lag = milliseconds(0);
  readings.slot_lag = 0;
  readings.snapshot_age = milliseconds(0);
  readings.autovacuum_runs = false;
  return readings;
}

Verdict JudgeOnce(const Limits& limits, const Readings& readings) {
  return Pace().Judge(limits, readings, std::nullopt);
}

std::string Shown(const Verdict& verdict) {
  std::string text;
  for (const Signal& signal : verdict.signals) {
    text +=
        signal.name + "|" + signal.value + "|" + signal.limit + (signal.is_over ? "|over\n" : "\n");
  }
  return text;
}

TEST(Pace, HoldsNothingWhereTheServerFaresWell) {
  const Verdict verdict = JudgeOnce({}, Well());
  EXPECT_FALSE(verdict.hold);
  EXPECT_DOUBLE_EQ(verdict.batch_share, 1);
  EXPECT_EQ(verdict.vacuum, "");
  EXPECT_EQ(Shown(verdict),
            "time of day|12:00|\n"
            "WAL rate|0 bytes/s|\n"
            "replica lag|0.0 s|10 s\n"
            "slot lag|0 bytes|1.0 GB\n"
            "blocked sessions|0|0\n"
            "oldest snapshot|0.0 s|\n"
            "autovacuum|none|\n"
            "dead rows|0 %|50 %\n");
}

TEST(Pace, ShowsWhatCannotBeReadAndHoldsNothingForIt) {
  Limits limits;
  limits.max_snapshot_age = seconds(1);
  limits.yield_to_vacuum = true;
  const Verdict verdict = JudgeOnce(limits, Readings{});
  EXPECT_FALSE(verdict.hold);
  EXPECT_EQ(Shown(verdict),
            "time of day|00:00|\n"
            "WAL rate|0 bytes/s|\n"
            "replica lag||10 s\n"
            "slot lag||1.0 GB\n"
            "blocked sessions||0\n"
            "oldest snapshot||1.0 s\n"
            "autovacuum||none\n"
            "dead rows|0 %|50 %\n");
}

struct Over {
  const char* name;
  const char* reason;
  void (*set)(Limits&, Readings&);
};

class EachSignal : public testing::TestWithParam<Over> {};

TEST_P(EachSignal, HoldsByItselfAndSaysWhy) {
  Limits limits;
  Readings readings = Well();
  GetParam().set(limits, readings);
  const Verdict verdict = JudgeOnce(limits, readings);
  ASSERT_TRUE(verdict.hold);
  EXPECT_EQ(verdict.Reason(), GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    Pace, EachSignal,
    testing::Values(Over{"Window", "time of day 12:00, limit 22:00-06:00",
                         [](Limits& l, Readings&) {
                           l.window = Window{hours(22), hours(6)};
                         }},
                    Over{"ReplicaLag", "replica lag 31 s, limit 10 s",
                         [](Limits&, Readings& r) { r.replica_lag = seconds(31); }},
                    Over{"SlotLag", "slot lag 1.5 GB, limit 1.0 GB",
                         [](Limits&, Readings& r) { r.slot_lag = int64_t{3} << 29; }},
                    Over{"Snapshot", "oldest snapshot 3 h, limit 60 min",
                         [](Limits& l, Readings& r) {
                           l.max_snapshot_age = hours(1);
                           r.snapshot_age = hours(3);
                         }},
                    Over{"Autovacuum", "autovacuum running, limit none",
                         [](Limits& l, Readings& r) {
                           l.yield_to_vacuum = true;
                           r.autovacuum_runs = true;
                         }}),
    [](const auto& each) { return each.param.name; });

TEST(Pace, AZeroLimitIsNone) {
  Limits limits;
  limits.max_replica_lag = milliseconds(0);
  limits.max_slot_lag = 0;
  Readings readings = Well();
  readings.replica_lag = hours(5);
  readings.slot_lag = int64_t{1} << 40;
  readings.snapshot_age = hours(5);
  readings.autovacuum_runs = true;
  EXPECT_FALSE(JudgeOnce(limits, readings).hold);
}

class WalRate : public testing::Test {
 protected:
  // One second later, so many MB more are written.
  Verdict After(int megabytes) {
    readings_.wal_position += int64_t{megabytes} << 20;
    return pace_.Judge(limits_, readings_, seconds(1));
  }

  WalRate() {
    limits_.max_wal_rate = 20 << 20;
    readings_.wal_position = int64_t{5} << 40;
    pace_.Judge(limits_, readings_, std::nullopt);
  }

  Limits limits_;
  Readings readings_ = Well();
  Pace pace_;
};

TEST_F(WalRate, HoldsUntilTheAverageIsBackAtTheLimit) {
  EXPECT_FALSE(After(20).hold);
  const Verdict over = After(50);
  ASSERT_TRUE(over.hold);
  EXPECT_EQ(over.Reason(), "WAL rate 50 MB/s, limit 20 MB/s");
  EXPECT_TRUE(After(0).hold);
  EXPECT_FALSE(After(0).hold);
}

TEST_F(WalRate, WhatWasNotUsedIsNotSavedUp) {
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(After(0).hold);
  EXPECT_TRUE(After(21).hold);
}

TEST_F(WalRate, DoesNotHoldForEverForWhatOthersWrote) {
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(After(1000).hold);
  int held = 0;
  while (After(0).hold) ++held;
  EXPECT_EQ(held, 9);
}

TEST(Pace, WhoWaitsForUsMakesBatchesShorterAndThenHoldsThem) {
  Pace pace;
  Readings readings = Well();
  readings.sessions_blocked = 2;
  Verdict verdict = pace.Judge({}, readings, std::nullopt);
  EXPECT_FALSE(verdict.hold);
  EXPECT_DOUBLE_EQ(verdict.batch_share, 0.5);
  verdict = pace.Judge({}, readings, milliseconds(500));
  EXPECT_EQ(verdict.Reason(), "blocked sessions 2, limit 0");
  EXPECT_DOUBLE_EQ(verdict.batch_share, 0.25);
  for (int i = 0; i < 10; ++i) verdict = pace.Judge({}, readings, milliseconds(500));
  EXPECT_DOUBLE_EQ(verdict.batch_share, 1.0 / 16);
  readings.sessions_blocked = 0;
  verdict = pace.Judge({}, readings, milliseconds(500));
  EXPECT_FALSE(verdict.hold);
  EXPECT_DOUBLE_EQ(verdict.batch_share, 1.25 / 16);
  for (int i = 0; i < 20; ++i) verdict = pace.Judge({}, readings, milliseconds(500));
  EXPECT_DOUBLE_EQ(verdict.batch_share, 1);
}

class DeadRows : public testing::Test {
 protected:
  DeadRows() {
    readings_.dead_percent = 50;
    readings_.dead_table = "public.item";
    readings_.may_vacuum = true;
  }

  std::string Vacuumed() const { return JudgeOnce(limits_, readings_).vacuum; }

  Limits limits_;
  Readings readings_ = Well();
};

TEST_F(DeadRows, AtTheirLimitAskForAVacuumAndHoldNothing) {
  EXPECT_EQ(Vacuumed(), "public.item");
  EXPECT_FALSE(JudgeOnce(limits_, readings_).hold);
  readings_.dead_percent = 49;
  EXPECT_EQ(Vacuumed(), "");
}

TEST_F(DeadRows, AskForNoneWhereItIsNotWanted) {
  limits_.vacuum_at = 0;
  EXPECT_EQ(Vacuumed(), "");
}

TEST_F(DeadRows, AskForNoneThatTheRoleMayNotDo) {
  readings_.may_vacuum = false;
  EXPECT_EQ(Vacuumed(), "");
}

TEST_F(DeadRows, AskForNoneThatAnOldSnapshotWouldMakeVain) {
  readings_.snapshot_age = minutes(1);
  EXPECT_EQ(Vacuumed(), "");
}

}  // namespace
}  // namespace rung::backfill
