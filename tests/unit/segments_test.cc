#include "sql/segments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Segments {
  std::vector<std::string> texts;
  std::vector<std::string> data;    // of those that have some
  std::vector<std::string> faults;  // "3: \connect is a psql command, not SQL"
};

Segments Cut(std::string_view text) {
  Segments segments;
  Segmenter segmenter(text);
  const auto part = [&](const Span& span) {
    return std::string(text.substr(span.begin, span.end - span.begin));
  };
  for (Segment segment; segmenter.Next(segment);) {
    segments.texts.push_back(part(segment.text));
    if (segment.data) segments.data.push_back(part(*segment.data));
  }
  for (const Fault& fault : segmenter.faults()) {
    segments.faults.push_back(std::to_string(fault.line) + ": " + fault.what);
  }
  return segments;
}

std::vector<std::string> Texts(std::string_view text) {
  const Segments segments = Cut(text);
  EXPECT_THAT(segments.faults, IsEmpty()) << text;
  return segments.texts;
}

TEST(Segments, AreCutInTextThatNoGrammarKnows) {
  EXPECT_THAT(Texts("SELEC 1; FROBNICATE x;x"), ElementsAre("SELEC 1", "FROBNICATE x", "x"));
}

TEST(Segments, AreNoneInCommentsAlone) { EXPECT_THAT(Texts("-- a;\n;; /* b; */ ;"), IsEmpty()); }

TEST(Segments, KeepSemicolonsInQuotesParenthesesAndBodies) {
  for (const std::string text : {
           R"(SELEC 'a;b', E'c\';d', "e;f", $$g;h$$, $t$i;$$;j$t$)",
           R"(SELECT date'2026-01-01;', type'\', a$b$c)",
           "SELECT E'a'\n -- more\n 'b\\';c'",
           R"(SELECT U&'d\0061t;' , U&"d;")",
           "SELECT 1 +/* ; /* ; */ ; */ 2",
           "CREATE RULE r AS ON INSERT TO t DO ALSO (SELECT 1; SELECT (2); )",
           "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT "
           "2; END",
           "CREATE PROCEDURE f() BEGIN ATOMIC SELECT 1 AS end; SELECT t.case FROM t; END",
           "CREATE SCHEMA a CREATE TABLE b (c int) CREATE VIEW d AS SELECT 1",
       }) {
    EXPECT_THAT(Texts(text + ";x"), ElementsAre(text, "x"));
  }
}

TEST(Segments, EndAtATransactionBlocksOwnEnd) {
  EXPECT_THAT(Texts("BEGIN; SELEC 1; END; x"), ElementsAre("BEGIN", "SELEC 1", "END", "x"));
}

TEST(Segments, AreNotLostToAParenthesisTooMany) {
  EXPECT_THAT(Texts("SELEC 1); x"), ElementsAre("SELEC 1)", "x"));
}

TEST(Segments, NameAnOpenQuoteWithItsLine) {
  const std::pair<const char*, const char*> kCases[] = {
      {"SELECT 1;\nSELECT 'a; x", "2: unterminated quoted string"},
      {"SELECT\n\nE'a\\'; x", "3: unterminated quoted string"},
      {"SELECT \"a; x", "1: unterminated quoted identifier"},
      {"SELECT 1,\n $a$ $b$ ; x", "2: unterminated dollar-quoted string"},
      {"SELECT /* a /* b */ ; x", "1: unterminated /* comment"},
  };
  for (const auto& [text, fault] : kCases) EXPECT_THAT(Cut(text).faults, ElementsAre(fault));
}

TEST(Segments, HaveTheDataOfACopy) {
  const Segments segments =
      Cut("CREATE TABLE t (a int, b text);\n"
          "COPY t (a, b) FROM stdin;\n"
          "1\tit's; \\\\\n"
          "2\t\\N\n"
          "\\.\n"
          "COPY t FROM STDIN WITH (FORMAT csv);\r\n3,$$\r\n\\.\r\n"
          "copy t from stdin; -- none\n\\.\n"
          "SELECT 1;\n");
  EXPECT_THAT(segments.faults, IsEmpty());
  EXPECT_THAT(segments.texts,
              ElementsAre("CREATE TABLE t (a int, b text)", "COPY t (a, b) FROM stdin",
                          "COPY t FROM STDIN WITH (FORMAT csv)", "copy t from stdin", "SELECT 1"));
  EXPECT_THAT(segments.data, ElementsAre("1\tit's; \\\\\n2\t\\N\n", "3,$$\r\n", ""));
}

TEST(Segments, HaveTheDataUpToTheLineOfItsEndAlone) {
  const Segments segments = Cut("COPY t FROM stdin;\n\\.x\n \\.\na\\.\n\\.");
  EXPECT_THAT(segments.data, ElementsAre("\\.x\n \\.\na\\.\n"));
}

TEST(Segments, LeaveTheServersOwnCopiesAlone) {
  EXPECT_THAT(
      Texts("COPY stdin FROM '/a'; COPY t FROM PROGRAM 'stdin'; COPY stdout TO '/b';"),
      ElementsAre("COPY stdin FROM '/a'", "COPY t FROM PROGRAM 'stdin'", "COPY stdout TO '/b'"));
}

TEST(Segments, RefuseDataWithoutItsEnd) {
  for (const char* text : {"SELECT 1;\nCOPY t FROM stdin;\n1\n2\n", "\nCOPY t FROM stdin;",
                           "\nCOPY t FROM stdin", "\nCOPY t FROM stdin;\n"}) {
    EXPECT_THAT(Cut(text).faults,
                ElementsAre("2: COPY … FROM stdin without the line `\\.` that ends its data"));
  }
}

TEST(Segments, RefuseACopyThatHasNowhereToGo) {
  EXPECT_THAT(Cut("SELECT 1;\nCOPY t TO stdout;\nCOPY (SELECT 1) TO STDOUT").faults,
              ElementsAre("2: COPY … TO stdout: a migration has nowhere to put the data",
                          "3: COPY … TO stdout: a migration has nowhere to put the data"));
}

TEST(Segments, RefuseSqlWhereTheDataShouldBegin) {
  EXPECT_THAT(Cut("COPY t FROM stdin; SELECT 1;\n1\n\\.\n").faults,
              ElementsAre("1: SQL on the line of a COPY … FROM stdin: its data begins on the next "
                          "one"));
}

TEST(Segments, RefusePsqlsCommandsByName) {
  EXPECT_THAT(
      Cut("\\connect other\n\\set x 1\nSELECT 1 \\gexec\nSELECT 2\n  \\g\n;\\i a.sql\n"
          "SELECT 3 \\; SELECT 4;\n\\.\n\\")
          .faults,
      ElementsAre("1: \\connect is a psql command, not SQL", "2: \\set is a psql command, not SQL",
                  "3: \\gexec is a psql command, not SQL", "5: \\g is a psql command, not SQL",
                  "6: \\i is a psql command, not SQL", "7: \\; is a psql command, not SQL",
                  "8: \\. ends the data of a COPY … FROM stdin, and there is none before it",
                  "9: \\ is a psql command, not SQL"));
}

TEST(Segments, TakeABackslashInQuotesForNoCommand) {
  EXPECT_THAT(Texts("SELECT '\n\\connect', \"\n\\c\", $$\n\\i a\n$$ -- \\q\n/*\n\\q */;"),
              ElementsAre("SELECT '\n\\connect', \"\n\\c\", $$\n\\i a\n$$ -- \\q\n/*\n\\q */"));
}

TEST(Segments, PassOverWhatPgDumpWritesForPsqlAlone) {
  EXPECT_THAT(
      Texts("--\n-- dump\n--\n\n\\restrict k3Y\n\n-- one\nSELECT 1;\n\n\\unrestrict k3Y\n\n"),
      ElementsAre("-- one\nSELECT 1"));
  EXPECT_THAT(Cut("SELECT 1\n\\restrict k;").faults,
              ElementsAre("2: \\restrict is a psql command, not SQL"));
}

// What a random text of this alphabet means is hard to say, and PostgreSQL's parser says it.
TEST(Segments, EndWherePostgreSqlsParserEndsStatements) {
  constexpr const char* kPieces[] = {
      "'",  "''", "\"", "$$",       "$a$",      "E'",         "e'",     "U&'",  "--",
      "\n", "/*", "*/", ";",        ";",        "(",          ")",      "a",    "1",
      "$1", ".",  ",",  "+",        " ",        "-",          "*",      "/",    "\\",
      "ä",  "B'", "n'", "SELECT 1", "SELECT a", "SELECT 'x'", "AS end", "CASE", "END"};
  constexpr int kTexts = 60000;
  std::minstd_rand random(20261124);
  int parsed = 0;
  for (int i = 0; i < kTexts; ++i) {
    std::string text = "SELECT 1 ";
    const auto count = 1 + random() % 9;
    for (size_t piece = 0; piece < count; ++piece) {
      text += kPieces[random() % std::size(kPieces)];
    }
    const auto result = Parse(text);
    const auto* tree = std::get_if<ParseTree>(&result);
    if (tree == nullptr) continue;
    ++parsed;
    const Segments segments = Cut(text);
    ASSERT_THAT(segments.faults, IsEmpty()) << text;
    ASSERT_EQ(segments.texts.size(), (*tree)->n_stmts) << text;
  }
  EXPECT_GT(parsed, kTexts / 20);
}

}  // namespace
}  // namespace rung::sql
