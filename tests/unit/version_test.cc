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
  for (const char* text : {"", "1a", "-1", " 1", "1.2", "٣"}) {
    EXPECT_FALSE(Version::Parse(text).has_value()) << text;
  }
}

TEST(Version, GivesTheNextNumberInTheSameWidth) {
  EXPECT_EQ(Parse("024").Next().text(), "025");
  EXPECT_EQ(Parse("099").Next().text(), "100");
  EXPECT_EQ(Parse("999").Next().text(), "1000");
}

}  // namespace
}  // namespace rung::core
