#include "files/checksum.h"

#include <gtest/gtest.h>

namespace rung::files {
namespace {

// Source: FIPS 180-2, appendix B.
TEST(Checksum, IsSha256InLowerCaseHexadecimal) {
  EXPECT_EQ(Sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Checksum, IncludesBytesBehindANul) {
  using std::string_view_literals::operator""sv;
  EXPECT_NE(Sha256("a\0b"sv), Sha256("a\0c"sv));
}

}  // namespace
}  // namespace rung::files
