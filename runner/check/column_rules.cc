// Columns that are added or changed: what rewrites or scans a table that has rows.
#include <fmt/format.h>

#include <algorithm>

#include "check/look.h"

namespace rung::check {
namespace {

bool ProvesNotNull(const KnownTable& table, const std::string& column) {
  const auto has = [&](const std::vector<std::string>& columns) {
    return std::find(columns.begin(), columns.end(), column) != columns.end();
  };
  return has(table.not_null) ||
         std::any_of(table.constraints.begin(), table.constraints.end(),
                     [&](const auto& known) { return known.is_valid && has(known.not_null); });
}

bool IsDefaultVolatile(const At& at, const sql::TableWork& one) {
  if (one.functions.empty()) return true;
  return std::any_of(one.functions.begin(), one.functions.end(), [&](const std::string& name) {
    const size_t dot = name.rfind('.');
    const KnownFunction* function = at.known.FindFunction(
        dot == std::string::npos ? KeyOf("", name)
                                 : KeyOf(name.substr(0, dot), name.substr(dot + 1)));
    return function != nullptr && function->is_volatile;
  });
}

bool IsOnlyWidened(const KnownTable* table, const sql::TableWork& one) {
  if (table == nullptr || one.is_certain) return false;
  const auto column = table->columns.find(one.column);
  return column != table->columns.end() && sql::KeepsRows(column->second, one.type);
}

}  // namespace

void LookAtColumns(const At& at, const Report& report) {
  for (const sql::TableWork& one : at.work) {
    if (at.IsNew(one)) continue;
    const KnownTable* table = at.known.Find(one.name.schema, one.name.name);
    const auto tell = [&](std::string_view rule, std::string_view what) {
      report(rule, fmt::format("{}.{}: {}", one.table, one.column, what));
    };
    switch (one.cause) {
      case sql::Cause::kSetNotNull:
        if (table != nullptr && ProvesNotNull(*table, one.column)) break;
        tell("adding-not-nullable-field", "SET NOT NULL looks at every row");
        break;
      case sql::Cause::kRequiredColumn:
        tell("adding-required-field", "NOT NULL without a default");
        break;
      case sql::Cause::kDefault:
        if (IsDefaultVolatile(at, one)) {
          tell("adding-field-with-default", "a volatile default rewrites the table");
        }
        break;
      case sql::Cause::kStoredColumn:
        tell("adding-stored-generated-column", "a stored generated column rewrites the table");
        break;
      case sql::Cause::kIdentity:
        tell("adding-serial-column", "numbering the rows rewrites the table");
        break;
      case sql::Cause::kType:
        if (IsOnlyWidened(table, one)) break;
        tell("changing-column-type", "another type rewrites the table");
        break;
      default:
        break;
    }
  }
}

}  // namespace rung::check
