#include "core/utf8.h"

#include <gtest/gtest.h>

namespace rung::core {
namespace {

TEST(Utf8, AcceptsTheFirstAndTheLastCharacterOfEachLength) {
  for (const std::string_view text :
       {"", "\x01", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
        "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_EQ(FindInvalidUtf8(text), std::nullopt) << text;
  }
}

TEST(Utf8, RefusesWhatPostgreSqlRefuses) {
  struct Case {
    const char* what;
    std::string_view text;
  };
  for (const auto& [what, text] : {
           Case{"a continuation byte alone", "ab\x80"},
           Case{"an overlong form of two bytes", "ab\xC0\xAF"},
           Case{"an overlong form of three bytes", "ab\xE0\x9F\xBF"},
           Case{"an overlong form of four bytes", "ab\xF0\x8F\xBF\xBF"},
           Case{"a surrogate", "ab\xED\xA0\x80"},
           Case{"a character above U+10FFFF", "ab\xF4\x90\x80\x80"},
           Case{"a byte that UTF-8 does not know", "ab\xFF"},
           Case{"a character cut short by the end", "ab\xE2\x82"},
           Case{"a character cut short by another one", "ab\xE2\x82z"},
       }) {
    EXPECT_EQ(FindInvalidUtf8(text), 2) << what;
  }
}

TEST(Utf8, CountsCharactersNotBytes) {
  EXPECT_EQ(ByteOffset("aäb", 0), 0u);
  EXPECT_EQ(ByteOffset("aäb", 1), 1u);
  EXPECT_EQ(ByteOffset("aäb", 2), 3u);
  EXPECT_EQ(ByteOffset("€😀x", 2), 7u);
}

TEST(Utf8, EndsAtTheEndForACharacterBehindIt) {
  EXPECT_EQ(ByteOffset("aä", 2), 3u);
  EXPECT_EQ(ByteOffset("aä", 99), 3u);
  EXPECT_EQ(ByteOffset("", 1), 0u);
}

}  // namespace
}  // namespace rung::core
