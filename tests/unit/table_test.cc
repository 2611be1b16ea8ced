#include "cli/table.h"

#include <gtest/gtest.h>

namespace rung::cli {
namespace {

using Align = Table::Align;

TEST(Table, AlignsItsColumns) {
  Table table({{"table"}, {"rows", Align::kRight}, {"state"}});
  table.Add({"users", "1,234,567", "complete"});
  table.Add({"webhook_deliveries", "8", ""});
  EXPECT_EQ(table.Text(), R"(table                    rows  state
------------------  ---------  --------
users               1,234,567  complete
webhook_deliveries          8
)");
}

TEST(Table, SetsATotalApart) {
  Table table({{"table"}, {"rows", Align::kRight}});
  table.Add({"users", "1"});
  table.Add({"calls", "20"});
  table.Add({"total", "21"});
  table.SetTotal();
  EXPECT_EQ(table.Text(), R"(table  rows
-----  ----
users     1
calls    20
-----  ----
total    21
)");
}

TEST(Table, ShowsItsTitlesWithoutRows) {
  const Table table({{"table"}, {"rows", Align::kRight}});
  EXPECT_TRUE(table.empty());
  EXPECT_EQ(table.Text(), "table  rows\n-----  ----\n");
  EXPECT_EQ(table.Csv(), "table,rows\n");
}

TEST(Table, CountsCharactersNotBytes) {
  Table table({{"größe"}, {"n", Align::kRight}});
  table.Add({"äöü", "€"});
  table.Add({"abcdef", "12"});
  EXPECT_EQ(table.Text(),
            "größe    n\n"
            "------  --\n"
            "äöü      €\n"
            "abcdef  12\n");
}

TEST(Table, MakesControlCharactersVisible) {
  Table table({{"name"}, {"x"}});
  table.Add({"a\x1B[31m\n\t\x7F", "y"});
  EXPECT_EQ(table.Text(),
            "name                   x\n"
            "---------------------  -\n"
            "a\\x1B[31m\\x0A\\x09\\x7F  y\n");
}

TEST(Table, QuotesCsvWhereItMust) {
  Table table({{"a,b"}, {"c"}});
  table.Add({"plain", "with \"quotes\""});
  table.Add({"two\nlines", "car\rriage"});
  table.Add({"", " blanks "});
  EXPECT_EQ(table.Csv(),
            "\"a,b\",c\n"
            "plain,\"with \"\"quotes\"\"\"\n"
            "\"two\nlines\",\"car\rriage\"\n"
            ", blanks \n");
}

}  // namespace
}  // namespace rung::cli
