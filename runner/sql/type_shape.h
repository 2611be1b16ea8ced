// A column's type as it is written, and whether changing it into another leaves the rows as they
// are. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

struct PgQuery__TypeName;

namespace rung::sql {

struct TypeShape {
  std::string name;       // PostgreSQL's own name: "varchar", "int4"; with its schema where it is
                          // written: "app.status"
  std::vector<int> mods;  // of varchar(20): 20
  bool is_array = false;

  bool operator==(const TypeShape&) const = default;
};

TypeShape ShapeOf(const PgQuery__TypeName& type);

// Of a type's text, as format_type writes it; nullopt for a text that is no type.
std::optional<TypeShape> ReadTypeShape(const std::string& text);

// The type for to_regtype, names quoted, without its modifiers.
std::string RegtypeText(const TypeShape& type);

// Does ALTER COLUMN … TYPE leave every stored value as it is?
// Shape:  is_coercible is what the catalog knows of two types with different names: nullopt where it
//         was not asked, and the cast is known for the built-in types alone.
// Source: ATColumnChangeRequiresRewrite, varchar_support and its like in PostgreSQL 15.
bool KeepsRows(const TypeShape& from, const TypeShape& to,
               std::optional<bool> is_coercible = std::nullopt);

}  // namespace rung::sql
