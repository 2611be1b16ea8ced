// A condition as the parts that its outermost ANDs join, and of a part that is an equation its two
// sides. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/expression.h"

namespace rung::sql {

// A part of an expression that could stand alone.
struct Operand {
  std::string text;                // as SQL, written anew
  std::vector<ColumnUse> columns;  // that it reads
  bool is_opaque = false;          // it holds a subquery, which may read others
  bool is_column = false;          // one column and nothing else

  // A column of this qualifier; empty for the filled table's.
  bool Reads(const std::string& qualifier) const;
};

struct Conjunct {
  Operand whole;
  std::optional<std::pair<Operand, Operand>> equated;  // the sides of its `=`
};

// Shape:  an Expression's text and the alias that it was parsed with. An equation of two rows becomes
//         one for each of their columns.
std::vector<Conjunct> SplitCondition(const std::string& condition, std::string_view alias);

}  // namespace rung::sql
