// What the definition of a new column says of the rows that are there already. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/type_shape.h"

struct PgQuery__ColumnDef;
struct PgQuery__Constraint;

namespace rung::sql {

struct ColumnFacts {
  TypeShape type;
  bool is_identity = false;  // serial too
  bool is_stored = false;    // GENERATED … STORED
  bool is_not_null = false;
  bool has_default = false;  // other than NULL
  bool has_volatile_default = false;
  bool may_be_domain = false;                           // a type that is not PostgreSQL's own
  std::vector<std::string> unknown_functions;           // of the default: "app.next_code"
  std::vector<const PgQuery__Constraint*> constraints;  // of the parse tree
};

ColumnFacts LookAtColumn(const PgQuery__ColumnDef& column);

}  // namespace rung::sql
