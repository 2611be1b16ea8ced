#include "pg/server_error.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rung::pg {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ServerError, IsTakenApartIntoItsFields) {
  const ServerError error(R"text(ERROR:  23503: insert or update on "child" violates a foreign key
DETAIL:  Key (id)=(7) is not present in table "parent".
HINT:  Insert it first.
CONTEXT:  SQL statement "INSERT INTO child VALUES (7)"
SCHEMA NAME:  public
TABLE NAME:  child
COLUMN NAME:  id
DATATYPE NAME:  none
CONSTRAINT NAME:  child_id_fkey
LOCATION:  ri_ReportViolation, ri_triggers.c:2650
)text");
  EXPECT_EQ(error.sqlstate, "23503");
  EXPECT_EQ(error.message, "insert or update on \"child\" violates a foreign key");
  EXPECT_EQ(error.detail, "Key (id)=(7) is not present in table \"parent\".");
  EXPECT_EQ(error.hint, "Insert it first.");
  EXPECT_EQ(error.context, "SQL statement \"INSERT INTO child VALUES (7)\"");
  EXPECT_EQ(error.line, 0);
  EXPECT_EQ(error.excerpt, "");
  EXPECT_STREQ(error.what(), "insert or update on \"child\" violates a foreign key [23503]");
  EXPECT_THAT(error.Details(),
              ElementsAre("detail: Key (id)=(7) is not present in table \"parent\".",
                          "hint: Insert it first.",
                          "context: SQL statement \"INSERT INTO child VALUES (7)\""));
}

TEST(ServerError, HasNoDetailsWhereTheServerGivesNone) {
  EXPECT_THAT(ServerError("ERROR:  42601: syntax error\n").Details(), IsEmpty());
}

TEST(ServerError, KeepsEveryLineOfAField) {
  const ServerError error(
      "ERROR:  P0002: first\nsecond\n\nfourth\nDETAIL:  d1\nd2\nHINT:  h1\nh2\n"
      "CONTEXT:  c1\nc2\nLOCATION:  exec_stmt_raise, pl_exec.c:3907\n");
  EXPECT_EQ(error.sqlstate, "P0002");
  EXPECT_EQ(error.message, "first\nsecond\n\nfourth");
  EXPECT_EQ(error.detail, "d1\nd2");
  EXPECT_EQ(error.hint, "h1\nh2");
  EXPECT_EQ(error.context, "c1\nc2");
}

TEST(ServerError, NamesThePlaceInTheStatement) {
  const ServerError error(
      "ERROR:  42601: syntax error at or near \"TABEL\"\n"
      "LINE 12: ALTER TABEL x\n"
      "               ^\n"
      "LOCATION:  scanner_yyerror, scan.l:1188\n");
  EXPECT_EQ(error.line, 12);
  EXPECT_EQ(error.excerpt, "ALTER TABEL x");
  EXPECT_EQ(error.caret, 6u);
  EXPECT_EQ(error.message, "syntax error at or near \"TABEL\"");
}

TEST(ServerError, CountsThePlaceInCharacters) {
  const ServerError error("ERROR:  42601: x\nLINE 2:   'äöü' FORM x;\n                     ^\n");
  EXPECT_EQ(error.excerpt, "  'äöü' FORM x;");
  EXPECT_EQ(error.caret, 13u);
}

TEST(ServerError, HasItsFieldsBehindThePlace) {
  const ServerError error(
      "ERROR:  42703: column \"nope\" does not exist\nLINE 1: SELECT nope: x\n               ^\n"
      "HINT:  Perhaps you meant to reference the column \"t.note\".\n");
  EXPECT_EQ(error.excerpt, "SELECT nope: x");
  EXPECT_EQ(error.caret, 7u);
  EXPECT_EQ(error.hint, "Perhaps you meant to reference the column \"t.note\".");
}

TEST(ServerError, MayHaveItsSeverityInAnyLanguage) {
  for (const char* severity : {"FEHLER", "ERREUR ", "ОШИБКА", "错误", "エラー"}) {
    const ServerError error(std::string(severity) + ":  42703: Spalte »nope« existiert nicht\n");
    EXPECT_EQ(error.sqlstate, "42703") << severity;
    EXPECT_EQ(error.message, "Spalte »nope« existiert nicht") << severity;
  }
}

TEST(ServerError, KeepsColonsInItsMessage) {
  const ServerError error("ERROR:  22P02: invalid input syntax for type json: \"a: b\"\n");
  EXPECT_EQ(error.sqlstate, "22P02");
  EXPECT_EQ(error.message, "invalid input syntax for type json: \"a: b\"");
}

TEST(ServerError, KeepsTheWholeLineWhereThereIsNoSqlstate) {
  for (const char* text : {
           "deadlock detected",
           "SSL error: certificate verify failed",
           "FATAL:  terminating connection due to administrator command",
           "ERROR:  12345 is not a state",
           "ERROR:  abcde: neither is this",
           "ERROR:",
           "",
       }) {
    const ServerError error(text);
    EXPECT_EQ(error.sqlstate, "") << text;
    EXPECT_EQ(error.message, text);
    EXPECT_STREQ(error.what(), text);
  }
}

TEST(ServerError, NeedsNoLineBreakAtItsEnd) {
  EXPECT_EQ(ServerError("ERROR:  42601: x\nDETAIL:  y").detail, "y");
  EXPECT_EQ(ServerError("ERROR:  42601: x\nLINE 1: y").excerpt, "y");
}

TEST(ServerError, IsRetriedWhereWaitingHelps) {
  for (const char* state : {"40001", "40P01", "55P03"}) {
    EXPECT_EQ(RemedyFor(state), Remedy::kRetry) << state;
  }
}

TEST(ServerError, IsMadeSmallerWhereLessHelps) {
  for (const char* state : {"57014", "53200"}) {
    EXPECT_EQ(RemedyFor(state), Remedy::kSmaller) << state;
  }
}

TEST(ServerError, IsAPersonsMatterOtherwise) {
  for (const char* state : {"", "42601", "23505", "57P01", "40002", "55000", "00000"}) {
    EXPECT_EQ(RemedyFor(state), Remedy::kNone) << state;
  }
}

TEST(ServerError, BlamesARowForItsDataAndForWhatAFunctionRaises) {
  for (const char* state :
       {"22P02", "22001", "23502", "23503", "23505", "23514", "23P01", "P0001", "P0002", "21000",
        "20000", "27000", "2F005", "38000", "44000", "54000", "PT403", "ORG01", "U0001"}) {
    EXPECT_TRUE(BlamesARow(state)) << state;
  }
}

TEST(ServerError, BlamesNoRowForTheServerTheStatementOrTheMoment) {
  for (const char* state :
       {"", "2", "08006", "0A000", "25006", "25P02", "28000", "40001", "40P01", "42501", "42703",
        "53100", "55P03", "57014", "57P01", "58030", "HV000", "XX000", "XX001"}) {
    EXPECT_FALSE(BlamesARow(state)) << state;
  }
}

// The place is one in the QUERY, of a function or a DO block, not in the file's statement.
TEST(ServerError, NamesNoPlaceInTheStatementForAnErrorInsideOfAFunction) {
  const ServerError error(
      "ERROR:  42P01: relation \"nowhere\" does not exist\n"
      "LINE 2:   nowhere\n"
      "          ^\n"
      "QUERY:  select 1 from\n"
      "  nowhere\n"
      "CONTEXT:  PL/pgSQL function inline_code_block line 1 at EXECUTE\n"
      "LOCATION:  parserOpenTable, parse_relation.c:1392\n");
  EXPECT_EQ(error.line, 0);
  EXPECT_EQ(error.context, "PL/pgSQL function inline_code_block line 1 at EXECUTE");
}

}  // namespace
}  // namespace rung::pg
