// What is around the rules: comments that allow, files from a number on, places.

#include "check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>
#include <sstream>

#include "support/project.h"
#include "unit/checked.h"

namespace rung::check {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kA = "CREATE TABLE a (id bigint PRIMARY KEY, b text, c text);";

TEST(Allow, AboveAStatementIsForThatStatement) {
  EXPECT_THAT(Found({kA,
                     "-- rung: allow ban-drop-column because nothing reads it\n"
                     "ALTER TABLE a DROP COLUMN b;\n"
                     "ALTER TABLE a DROP COLUMN c;\n"}),
              ElementsAre("2.sql:3 ban-drop-column"));
}

TEST(Allow, AtTheTopWithAnEmptyLineBelowIsForTheFile) {
  EXPECT_THAT(Found({kA,
                     "-- Tidies up.\n-- rung: allow ban-drop-column, ban-drop-not-null\n\n"
                     "-- First this.\nALTER TABLE a DROP COLUMN b;\n"
                     "ALTER TABLE a DROP COLUMN c, ALTER id DROP NOT NULL;\n"}),
              IsEmpty());
}

TEST(Allow, AboveTheFilesOwnBeginIsForTheFile) {
  EXPECT_THAT(Found({kA,
                     "-- rung: allow ban-drop-column\nBEGIN;\nALTER TABLE a DROP COLUMN b;\n"
                     "ALTER TABLE a DROP COLUMN c;\nCOMMIT;\n"}),
              IsEmpty());
}

TEST(Allow, BehindAStatementIsForThatStatement) {
  EXPECT_THAT(Found({kA,
                     "ALTER TABLE a DROP COLUMN b; -- rung: allow ban-drop-column because unused\n"
                     "ALTER TABLE a DROP COLUMN c;\n"}),
              ElementsAre("2.sql:2 ban-drop-column"));
}

TEST(Allow, IsUnderstoodInSquawksWords) {
  EXPECT_THAT(Found({kA,
                     "-- squawk-ignore ban-drop-column\nALTER TABLE a DROP COLUMN b;\n"
                     "-- squawk-ignore prefer-text-field, renaming-column\n"
                     "ALTER TABLE a RENAME COLUMN c TO d;\n"}),
              IsEmpty());
  EXPECT_THAT(Found({kA, "-- squawk-ignore-file\nALTER TABLE a DROP COLUMN b;\nDROP TABLE a;\n"}),
              IsEmpty());
}

TEST(Allow, OfNoRuleOrForNothingIsTold) {
  const auto findings = Findings({kA,
                                  "-- rung: allow drop-column\n-- rung: allow ban-drop-table\n\n"
                                  "SELECT 1;\n"});
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0].what, "no rule is called drop-column");
  EXPECT_EQ(findings[0].line, 1);
  EXPECT_EQ(findings[1].what, "nothing here is found by ban-drop-table");
  EXPECT_EQ(findings[1].line, 2);
}

TEST(Check, OfFilesFromANumberOnKnowsTheOlderOnes) {
  EXPECT_THAT(Found({kA, "DROP TABLE b;", "CREATE INDEX i ON a (b);"},
                    {.from = core::Version::Parse("3"), .is_supabase = false}),
              ElementsAre("3.sql:1 require-concurrent-index-creation"));
}

TEST(Check, OfTheEndOfTheLadderNamesTheStatement) {
  EXPECT_THAT(Found({"CREATE TABLE c (id bigint PRIMARY KEY);\n\n"
                     "ALTER TABLE c ENABLE ROW LEVEL SECURITY;",
                     "SELECT auth.uid();"}),
              ElementsAre("1.sql:3 rls-enabled-no-policy"));
}

TEST(Check, ShowsASyntaxErrorWithItsCaret) {
  const auto findings = Findings({"SELECT 1;\n\nALTER TABEL a ADD b int;\n"});
  ASSERT_EQ(findings.size(), 1u);
  EXPECT_EQ(findings[0].line, 3);
  EXPECT_EQ(findings[0].what, "syntax error at or near \"TABEL\"");
  EXPECT_THAT(findings[0].excerpt, ElementsAre("3 | ALTER TABEL a ADD b int", "  |       ^"));
}

TEST(Check, FollowsATableThatIsRenamedAndMadeAnew) {
  EXPECT_THAT(Found({kA,
                     "-- rung: allow renaming-table\nALTER TABLE a RENAME TO old;\n"
                     "CREATE TABLE a (id bigint);\nCREATE INDEX i ON a (id);\n"
                     "CREATE INDEX j ON old (b);\n"}),
              ElementsAre("2.sql:5 require-concurrent-index-creation"));
}

// docs/check.md and the table of rules say the same.
TEST(Check, DocumentsEachRule) {
  std::ostringstream text;
  text << std::ifstream(test::SourceDirectory() / "docs/check.md").rdbuf();
  const std::string page = text.str();
  std::vector<std::string> documented;
  static const std::regex kRow(R"(\| `([a-z-]+)` \| (error|warning) \|)");
  for (std::sregex_iterator it(page.begin(), page.end(), kRow), end; it != end; ++it) {
    documented.push_back((*it)[1]);
  }
  std::vector<std::string> known;
  for (const Rule& rule : Rules()) {
    known.emplace_back(rule.name);
    const std::string row = "| `" + std::string(rule.name) + "` | " + ToString(rule.severity) +
                            " | " + std::string(rule.summary) + " | " + std::string(rule.why) +
                            " | " + std::string(rule.instead) + " |\n";
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
  EXPECT_EQ(documented, known);
}

}  // namespace
}  // namespace rung::check
