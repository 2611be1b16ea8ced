#include "pg/text_array.h"

#include <gtest/gtest.h>

namespace rung::pg {
namespace {

TEST(TextArray, IsWrittenAsTheServerReadsIt) {
  EXPECT_EQ(TextArray({}), "{}");
  EXPECT_EQ(TextArray({"a", "", std::nullopt, "NULL"}), R"({"a","",NULL,"NULL"})");
  EXPECT_EQ(TextArray({"a,b", "\"q\"", "c:\\d", "{x}", "two\nlines"}),
            "{\"a,b\",\"\\\"q\\\"\",\"c:\\\\d\",\"{x}\",\"two\nlines\"}");
}

}  // namespace
}  // namespace rung::pg
