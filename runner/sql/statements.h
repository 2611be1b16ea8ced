// A migration's text as statements: where each begins, what it is to a transaction, which lock it
// takes. Splitting and classifying are PostgreSQL's own parser's work. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/table_lock.h"

namespace rung::sql {

enum class Control { kNone, kBegin, kCommit, kCommitAndChain, kRollback, kSavepoint, kTwoPhase };

// An index built or dropped CONCURRENTLY. Names as written, without quotes; schema may be empty.
struct ConcurrentIndex {
  std::string schema;
  std::string name;  // empty where PostgreSQL chooses it
  std::string table;
};

struct Statement {
  std::string text;   // as written, from its first character that is not white space, without ';'
  int line = 1;       // of that character in the file, from 1
  std::string head;   // its first line of SQL, for people
  int head_line = 1;  // of that in the file
  Control control = Control::kNone;
  std::string
      outside;  // why PostgreSQL keeps it out of transactions ("VACUUM"); empty if it does not
  std::optional<ConcurrentIndex> builds;  // CREATE INDEX CONCURRENTLY
  std::vector<TableLock> locks;           // on tables, as far as the text tells; strongest first
};

struct Script {
  std::vector<Statement> statements;
  bool no_transaction = false;  // asked for by the header `-- rung: no-transaction`
};

// What is wrong with a text, and where.
struct Fault {
  std::string what;
  int line = 1;
  std::vector<std::string> excerpt;  // the line and a caret
};

// Splits a file. Where the grammar refuses the text, `fault` holds the parser's words and the
// script is split by the scanner instead, each piece that does not parse alone unclassified.
// Shape:  UTF-8 without NUL; comments and blanks alone give no statements.
Script SplitStatements(const std::string& text, std::optional<Fault>& fault);

// The line of the file with a caret under byte `column` (from 0) of it.
std::vector<std::string> ShowLine(std::string_view line_text, int line, size_t column);

// Lines before this offset, plus one.
int LineAt(std::string_view text, size_t offset);

}  // namespace rung::sql
