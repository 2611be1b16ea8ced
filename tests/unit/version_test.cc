#include "core/version.h"

#include <gtest/gtest.h>

namespace rung::core {
namespace {

Version Parse(std::string_view text) { return Version::Parse(text).value(); }

TEST(Version, ComparesAsANumberWhateverItsWidth) {
  EXPECT_EQ(Parse("7"), Parse("007"));
  EXPECT_LT(Parse("9"), Parse("10"));
  EXPECT_LT(Parse("0009"), Parse("10"));
  EXPECT_GT(Parse("20260101000000"), Parse("99999"));
}

TEST(Version, IsNotLimitedToTheDigitsOfAnInteger) {
  EXPECT_LT(Parse("99999999999999999999999"), Parse("100000000000000000000000"));
}

TEST(Version, RefusesWhatIsNotDigits) {
  for (const char* text : {"", "1a", "-1", " 1", "1.", ".1", "1..2", "1._2", "_", "٣"}) {
    EXPECT_FALSE(Version::Parse(text).has_value()) << text;
  }
}

TEST(Version, GivesTheNextNumberInTheSameWidth) {
  EXPECT_EQ(Parse("024").Next().text(), "025");
  EXPECT_EQ(Parse("099").Next().text(), "100");
  EXPECT_EQ(Parse("999").Next().text(), "1000");
}

TEST(Version, ComparesPartByPart) {
  EXPECT_LT(Parse("1.9"), Parse("1.10"));
  EXPECT_LT(Parse("1"), Parse("1.0.1"));
  EXPECT_LT(Parse("1.2.3"), Parse("1.3"));
  EXPECT_GT(Parse("2"), Parse("1.99"));
}

TEST(Version, TakesTrailingZeroPartsForNothing) {
  for (const char* text : {"1.0", "001", "1.0.0", "01.00"}) {
    EXPECT_EQ(Parse(text), Parse("1")) << text;
  }
  EXPECT_NE(Parse("1.0.1"), Parse("1.1"));
}

TEST(Version, TakesAnUnderscoreForADot) {
  EXPECT_EQ(Parse("1_2"), Parse("1.2"));
  EXPECT_EQ(Parse("1_2").text(), "1_2");
}

TEST(Version, CountsOnInItsLastPart) {
  EXPECT_EQ(Parse("1.2").Next().text(), "1.3");
  EXPECT_EQ(Parse("1.9").Next().text(), "1.10");
  EXPECT_EQ(Parse("1_099").Next().text(), "1_100");
}

}  // namespace
}  // namespace rung::core
