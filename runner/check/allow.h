// Comments that allow a finding:
//
//   -- rung: allow ban-drop-column, renaming-table because nothing reads it since 1.4
//   -- squawk-ignore ban-drop-column
//
// Directly above a statement, or behind it on its last line, for that statement; at the top of a
// file, with an empty line below, for the whole file. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/statements.h"

namespace rung::check {

struct Allow {
  std::string rule;  // empty: every rule, of squawk-ignore-file alone
  bool whole_file = false;
  size_t statement = 0;     // else the one it is for
  int line = 1;             // of the comment
  bool is_foreign = false;  // squawk's: may name rules that rung has not
  mutable bool is_used = false;
};

// Shape:  the statements look into the text.
std::vector<Allow> FindAllows(std::string_view text, const std::vector<sql::Statement>& statements);

// Is this rule allowed at this statement? Marks what allows it as used.
bool IsAllowed(const std::vector<Allow>& allows, std::string_view rule, size_t statement);

}  // namespace rung::check
