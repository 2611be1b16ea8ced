#include "core/visible.h"

#include <gtest/gtest.h>

namespace rung::core {
namespace {

TEST(Visible, LeavesOrdinaryTextAlone) {
  EXPECT_EQ(Visible("Müller & Söhne €, \"quoted\" \\"), "Müller & Söhne €, \"quoted\" \\");
  EXPECT_EQ(Visible(""), "");
}

TEST(Visible, ShowsAllControlCharactersOfAscii) {
  EXPECT_EQ(Visible(std::string_view("\0\x01\x1F \x7F", 5)), "\\x00\\x01\\x1F \\x7F");
}

// U+009B begins an escape sequence on some terminals, as ESC [ does.
TEST(Visible, ShowsTheControlCharactersAboveAscii) {
  EXPECT_EQ(Visible("a\xC2\x9B"
                    "31mb\xC2\xA0"),
            "a\\x9B31mb\xC2\xA0");
}

TEST(Visible, ShowsBytesThatAreNotUtf8) {
  EXPECT_EQ(Visible("a\xFF\xC3(\xE2\x82"), "a\\xFF\\xC3(\\xE2\\x82");
}

}  // namespace
}  // namespace rung::core
