#include "core/quantity.h"

#include <gtest/gtest.h>

namespace rung::core {
namespace {

using std::chrono::milliseconds;

TEST(ParseDuration, TakesHoursMinutesSecondsAndMilliseconds) {
  EXPECT_EQ(ParseDuration("8m"), std::chrono::minutes(8));
  EXPECT_EQ(ParseDuration("90s"), std::chrono::seconds(90));
  EXPECT_EQ(ParseDuration("250ms"), milliseconds(250));
  EXPECT_EQ(ParseDuration("1h30m"), std::chrono::minutes(90));
  EXPECT_EQ(ParseDuration("1h1m1s1ms"), milliseconds(3'661'001));
  EXPECT_EQ(ParseDuration("0s"), milliseconds(0));
}

TEST(ParseDuration, TakesNothingElse) {
  for (const char* text : {"", "8", "m", "8 m", "-8m", "+8m", "1.5h", "8m30", "8d", "8M", "m8",
                           "8mm", "99999999999999999999s", "9999999h"}) {
    EXPECT_EQ(ParseDuration(text), std::nullopt) << text;
  }
}

TEST(ParseBytes, TakesTheUnitsOfPostgresqlsSettings) {
  EXPECT_EQ(ParseBytes("0"), 0);
  EXPECT_EQ(ParseBytes("4096"), 4096);
  EXPECT_EQ(ParseBytes("1B"), 1);
  EXPECT_EQ(ParseBytes("512kB"), 512 * 1024);
  EXPECT_EQ(ParseBytes("20MB"), 20 * 1024 * 1024);
  EXPECT_EQ(ParseBytes("1GB"), int64_t{1} << 30);
  EXPECT_EQ(ParseBytes("2TB"), int64_t{1} << 41);
}

TEST(ParseBytes, TakesNothingElse) {
  for (const char* text : {"", "MB", "20 MB", "-1MB", "1.5GB", "20mb", "20KB", "20M", "20MB/s",
                           "9999999999TB", "99999999999999999999"}) {
    EXPECT_EQ(ParseBytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace rung::core
