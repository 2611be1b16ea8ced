#include "backfill/limits.h"

#include <gtest/gtest.h>

#include "unit/thrown.h"

namespace rung::backfill {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Limits With(const std::string& name, const std::string& text) {
  Limits limits;
  SetLimit(limits, name, "--" + name, text);
  return limits;
}

std::string RefusalOf(const std::string& name, const std::string& text) {
  return test::Refusal([&] { With(name, text); });
}

std::string Refused(const std::string& what, const std::string& next) {
  return "rung: " + what + "\n  state: nothing was touched\n  next:  " + next + "\n";
}

TEST(Limits, AreReadByTheirNames) {
  EXPECT_EQ(With("jobs", "4").jobs, 4);
  EXPECT_EQ(With("batch-ms", "50").batch_target, milliseconds(50));
  EXPECT_DOUBLE_EQ(With("nice", "0.5").nice, 0.5);
  EXPECT_EQ(With("max-wal-rate", "20MB").max_wal_rate, 20 << 20);
  EXPECT_EQ(With("max-replica-lag", "30s").max_replica_lag, seconds(30));
  EXPECT_EQ(With("max-slot-lag", "2GB").max_slot_lag, int64_t{2} << 30);
  EXPECT_EQ(With("max-snapshot-age", "1h").max_snapshot_age, hours(1));
  EXPECT_TRUE(With("yield-to-vacuum", "on").yield_to_vacuum);
  EXPECT_FALSE(With("yield-to-vacuum", "off").yield_to_vacuum);
  EXPECT_EQ(With("vacuum-at", "30").vacuum_at, 30);
  const auto window = With("window", "22:00-06:30").window;
  ASSERT_TRUE(window);
  EXPECT_EQ(window->begin, hours(22));
  EXPECT_EQ(window->end, minutes(390));
  EXPECT_FALSE(With("window", "always").window);
}

TEST(Limits, EachNameIsOneThatCanBeSet) {
  for (const LimitName& limit : LimitNames()) {
    EXPECT_FALSE(RefusalOf(limit.name, "?").empty()) << limit.name;
  }
}

TEST(Limits, AreRefusedWithTheirPlaceAndWhatTheyTake) {
  EXPECT_EQ(RefusalOf("jobs", "0"),
            Refused("--jobs: \"0\" is not a whole number from 1 to 64", "give it one"));
  EXPECT_EQ(RefusalOf("batch-ms", "fast"),
            Refused("--batch-ms: \"fast\" is not a whole number from 1 to 60000", "give it one"));
  EXPECT_EQ(RefusalOf("nice", "-1"),
            Refused("--nice: \"-1\" is not a number from 0 to 100", "write 0.5, 1 or 2"));
  EXPECT_EQ(RefusalOf("max-wal-rate", "20 MB"),
            Refused("--max-wal-rate: \"20 MB\" is not a size", "write 512kB, 20MB or 1GB"));
  EXPECT_EQ(RefusalOf("max-replica-lag", "10"),
            Refused("--max-replica-lag: \"10\" is not a time", "write 8m, 90s, 1h30m or 250ms"));
  EXPECT_EQ(RefusalOf("yield-to-vacuum", "yes"),
            Refused("--yield-to-vacuum: \"yes\" is not on or off", "give it one of them"));
  EXPECT_EQ(RefusalOf("vacuum-at", "101"),
            Refused("--vacuum-at: \"101\" is not a whole number from 0 to 100", "give it one"));
}

TEST(Limits, TakeNoWindowThatIsNone) {
  for (const char* text : {"", "22:00", "22:00-", "-06:00", "22-06", "24:01-06:00", "22:60-06:00",
                           "06:00-06:00", "22:00-06:00 UTC", "1:00-06:00"}) {
    EXPECT_EQ(RefusalOf("window", text),
              Refused(std::string("--window: \"") + text + "\" is not a part of the day",
                      "write 22:00-06:00, or always"));
  }
}

TEST(Window, BeginsWithItsFirstMinuteAndEndsBeforeItsLast) {
  const Window day{hours(9), hours(17)};
  EXPECT_FALSE(day.Contains(hours(9) - seconds(1)));
  EXPECT_TRUE(day.Contains(hours(9)));
  EXPECT_TRUE(day.Contains(hours(17) - seconds(1)));
  EXPECT_FALSE(day.Contains(hours(17)));
}

TEST(Window, MayReachOverMidnight) {
  const Window night{hours(22), hours(6)};
  EXPECT_TRUE(night.Contains(hours(23)));
  EXPECT_TRUE(night.Contains(seconds(0)));
  EXPECT_TRUE(night.Contains(hours(6) - seconds(1)));
  EXPECT_FALSE(night.Contains(hours(6)));
  EXPECT_FALSE(night.Contains(hours(22) - seconds(1)));
}

}  // namespace
}  // namespace rung::backfill
