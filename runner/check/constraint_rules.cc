// Constraints that look at every row, or build an index, while the application waits.
#include <fmt/format.h>

#include <algorithm>

#include "check/look.h"

namespace rung::check {
namespace {

bool AddedInThisBlock(const At& at, const sql::TableWork& one) {
  const KnownTable* table = at.known.Find(one.name.schema, one.name.name);
  if (table == nullptr || !at.in_transaction) return false;
  return std::any_of(table->constraints.begin(), table->constraints.end(), [&](const auto& known) {
    return known.name == one.object && !known.is_valid && known.place.file == at.place.file &&
           known.place.block == at.place.block;
  });
}

}  // namespace

void LookAtConstraints(const At& at, const Report& report) {
  for (const sql::TableWork& one : at.work) {
    if (at.IsNew(one)) continue;
    const std::string name = !one.object.empty()   ? " " + one.object
                             : !one.column.empty() ? " of " + one.column
                                                   : "";
    const auto tell = [&](std::string_view rule, std::string_view what) {
      report(rule, fmt::format("{} on {}", what, one.table));
    };
    switch (one.cause) {
      case sql::Cause::kForeignKey:
        tell("adding-foreign-key-constraint", "foreign key" + name + " without NOT VALID");
        break;
      case sql::Cause::kCheck:
        tell("constraint-missing-not-valid", "CHECK" + name + " without NOT VALID");
        break;
      case sql::Cause::kValidate:
        if (!AddedInThisBlock(at, one)) break;
        tell("validate-in-same-transaction",
             "VALIDATE CONSTRAINT" + name + " in the transaction that added it");
        break;
      case sql::Cause::kUnique:
        tell("disallowed-unique-constraint", "UNIQUE" + name + " without USING INDEX");
        break;
      case sql::Cause::kPrimaryKey:
        if (one.work != sql::Work::kBuildsIndex) break;  // USING INDEX
        tell("adding-primary-key", "PRIMARY KEY" + name + " without USING INDEX");
        break;
      case sql::Cause::kExclusion:
        tell("adding-exclusion-constraint", "exclusion constraint" + name);
        break;
      default:
        break;
    }
  }
}

}  // namespace rung::check
