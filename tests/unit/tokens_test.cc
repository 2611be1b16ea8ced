#include "sql/tokens.h"

#include <gtest/gtest.h>

namespace rung::sql {
namespace {

TEST(TokenText, IsTheSameForAnotherForm) {
  const std::string text = "ALTER TABLE users ADD COLUMN name text DEFAULT 'a b';";
  for (const char* other : {
           "ALTER TABLE users\n  ADD COLUMN name text\n  DEFAULT 'a b' ;\n",
           "ALTER TABLE users\r\n\tADD COLUMN name text DEFAULT 'a b';\r\n",
           "-- why\nALTER TABLE users /* and /* nested */ how */ ADD COLUMN name text "
           "DEFAULT 'a b'; -- end",
           "  ALTER   TABLE users ADD COLUMN name text DEFAULT 'a b';",
       }) {
    EXPECT_EQ(TokenText(other), TokenText(text)) << other;
  }
}

TEST(TokenText, IsAnotherForAnotherMeaning) {
  const std::string text = "ALTER TABLE users ADD COLUMN name text DEFAULT 'a b';";
  for (const char* other : {
           "ALTER TABLE users ADD COLUMN name text DEFAULT 'a  b';",
           "ALTER TABLE users ADD COLUMN name text DEFAULT 'a -- b';",
           "ALTER TABLE users ADD COLUMN \"Name\" text DEFAULT 'a b';",
           "ALTER TABLE users ADD COLUMN name text DEFAULT 'a b'; SELECT 1;",
           "-- ALTER TABLE users ADD COLUMN name text DEFAULT 'a b';",
           "ALTER TABLEusers ADD COLUMN name text DEFAULT 'a b';",
       }) {
    EXPECT_NE(TokenText(other), TokenText(text)) << other;
  }
}

TEST(TokenText, HoldsOneTokenALine) {
  EXPECT_EQ(TokenText("SELECT 'ä', $$b\nc$$; -- end"), "SELECT\n'ä'\n,\n$$b\nc$$\n;\n");
  EXPECT_EQ(TokenText("-- nothing\n"), "");
}

TEST(TokenText, IsTheTextItselfWhereThatCannotBeScanned) {
  EXPECT_EQ(TokenText("SELECT 'open -- it"), "SELECT 'open -- it");
}

}  // namespace
}  // namespace rung::sql
