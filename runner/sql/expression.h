// One SQL expression out of a backfill file: the columns it reads, and the same text with its
// unqualified columns made the filled table's. Pure.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sql/syntax_error.h"

namespace rung::sql {

struct ColumnUse {
  std::string qualifier;  // as written, "clients"; empty for the filled table's own columns
  std::string column;

  bool operator==(const ColumnUse&) const = default;
};

struct Expression {
  std::string text;  // with every unqualified column as <alias>.column, and in parentheses
  std::vector<ColumnUse> columns;  // outside of subqueries, in order of appearance, each once
};

// Names inside subqueries are left alone: there they may be the subquery's own.
// Shape:  `text` is one expression; anything else (a list, a second clause, two statements) is a
//         SyntaxError.
std::variant<Expression, SyntaxError> ParseExpression(std::string_view text,
                                                      std::string_view alias);

// A table name as written in FROM.
struct TableName {
  std::string text;   // as written, without its alias
  std::string alias;  // what its columns are qualified by
};

std::variant<TableName, SyntaxError> ParseTableName(std::string_view text);

}  // namespace rung::sql
