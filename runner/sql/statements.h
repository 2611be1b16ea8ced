// A migration's text as statements: where each begins, what it is to a transaction and to the
// statements behind it. Only those that have a telling word are parsed, by PostgreSQL's own parser.
// Pure.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/procedure_body.h"
#include "sql/segments.h"
#include "sql/syntax_error.h"
#include "sql/table_lock.h"

namespace rung::sql {

enum class Control { kNone, kBegin, kCommit, kCommitAndChain, kRollback, kSavepoint, kTwoPhase };

// An index built or dropped CONCURRENTLY. Names as written, without quotes; schema may be empty.
struct ConcurrentIndex {
  std::string schema;
  std::string name;  // empty where PostgreSQL chooses it
  std::string table;
};

// What a few statements have to do with others. Names have their schema where it is written.
struct Bearing {
  std::string adds_value;   // ALTER TYPE … ADD VALUE
  std::string begin_modes;  // of BEGIN, as SET TRANSACTION takes them
  std::string creates_procedure;
  std::string calls;  // a procedure
  bool is_do = false;
  BodyFacts body;  // of the procedure or the DO block
};

// The views look into the text that was split.
struct Statement {
  std::string_view text;  // from its first character that is not white space, without ';'
  std::optional<std::string_view> data;  // of COPY … FROM stdin: its lines, without the `\.`
  std::string_view head;                 // its first line of SQL, for people
  std::string_view outside;  // why PostgreSQL keeps it out of transactions ("VACUUM"), or empty
  int line = 1;              // of the text in the file, from 1
  int head_line = 1;         // of that first line of SQL
  Control control = Control::kNone;
  bool plain_backslash = false;            // in a '…' literal, where the session's own setting of
                                           // standard_conforming_strings says what it means
  std::shared_ptr<const Bearing> bearing;  // nullptr for most

  // The line of the file on which the data begins.
  int DataLine() const;
};

struct Script {
  std::vector<Statement> statements;
  bool no_transaction = false;  // asked for in a comment at the top
  std::vector<Fault> faults;    // what must not be run: psql's commands, COPY data without its end,
                                // open quotes
};

// Splits a file. Statements that do not parse are left unclassified: the server has the last word.
// Shape:  UTF-8 without NUL, which the statements look into; comments and blanks alone give none.
Script SplitStatements(std::string_view text);

// What the parser says of a statement, with its line in the file and a caret.
Fault ShowSyntaxError(const Statement& statement, const SyntaxError& error);

// The parser's word on the first statement that it refuses.
std::optional<Fault> FindSyntaxFault(const std::vector<Statement>& statements);

// The index that a CREATE INDEX CONCURRENTLY builds.
std::optional<ConcurrentIndex> FindConcurrentIndex(std::string_view statement);

}  // namespace rung::sql
