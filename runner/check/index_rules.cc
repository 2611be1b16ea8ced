// Indexes and partitions: what is built, dropped or detached while the application waits.
#include <fmt/format.h>

#include "check/look.h"
#include "sql/parse_tree.h"
#include "sql/table_lock.h"

namespace rung::check {
namespace {

void OfDrop(const At& at, const Report& report) {
  const PgQuery__DropStmt& drop = *at.node.drop_stmt;
  if (drop.remove_type != PG_QUERY__OBJECT_TYPE__OBJECT_INDEX || drop.concurrent) return;
  for (size_t i = 0; i < drop.n_objects; ++i) {
    const PgQuery__List& name = *drop.objects[i]->list;
    const auto table = at.known.indexes().find(KeyOf(name.n_items, name.items));
    if (table != at.known.indexes().end()) {
      const KnownTable* known = at.known.Find(table->second);
      if (known != nullptr && known->created && known->created->file == at.place.file) continue;
    }
    report("require-concurrent-index-deletion",
           fmt::format("DROP INDEX {} without CONCURRENTLY",
                       name.items[name.n_items - 1]->string->sval));
  }
}

void OfDetach(const At& at, const Report& report) {
  const PgQuery__AlterTableStmt& alter = *at.node.alter_table_stmt;
  for (size_t i = 0; i < alter.n_cmds; ++i) {
    const PgQuery__AlterTableCmd& command = *alter.cmds[i]->alter_table_cmd;
    if (command.subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition ||
        command.def->partition_cmd->concurrent || at.IsNew(*alter.relation)) {
      continue;
    }
    report("require-concurrent-partition-detach",
           fmt::format("DETACH PARTITION {} without CONCURRENTLY",
                       sql::TextOf(*command.def->partition_cmd->name)));
  }
}

}  // namespace

bool At::IsNew(const PgQuery__RangeVar& table) const {
  return known.IsNew(table.schemaname, table.relname, place.file);
}

void LookAtIndexes(const At& at, const Report& report) {
  for (const sql::TableWork& one : at.work) {
    if (at.IsNew(one)) continue;
    if (one.cause == sql::Cause::kIndex) {
      report("require-concurrent-index-creation",
             fmt::format("CREATE INDEX on {} without CONCURRENTLY", one.table));
    } else if (one.cause == sql::Cause::kReindex) {
      report("require-concurrent-reindex", "REINDEX without CONCURRENTLY");
    }
  }
  if (at.node.node_case == PG_QUERY__NODE__NODE_DROP_STMT) OfDrop(at, report);
  if (at.node.node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT) OfDetach(at, report);
}

}  // namespace rung::check
