// What is renamed or dropped under the feet of the application, and data that is gone.
#include <fmt/format.h>

#include "check/look.h"
#include "sql/parse_tree.h"
#include "sql/table_lock.h"

namespace rung::check {
namespace {

void OfRename(const At& at, const Report& report) {
  const PgQuery__RenameStmt& rename = *at.node.rename_stmt;
  if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA) {
    report("renaming-schema", fmt::format("schema {} becomes {}", rename.subname, rename.newname));
    return;
  }
  if (rename.relation == nullptr || at.IsNew(*rename.relation)) return;
  const std::string table = sql::TextOf(*rename.relation);
  if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN) {
    report("renaming-column",
           fmt::format("{}.{} becomes {}", table, rename.subname, rename.newname));
  } else if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
    report("renaming-table", fmt::format("{} becomes {}", table, rename.newname));
  }
}

void OfAlterTable(const At& at, const Report& report) {
  const PgQuery__AlterTableStmt& alter = *at.node.alter_table_stmt;
  if (alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE || at.IsNew(*alter.relation)) return;
  for (size_t i = 0; i < alter.n_cmds; ++i) {
    const PgQuery__AlterTableCmd& command = *alter.cmds[i]->alter_table_cmd;
    const std::string column = sql::TextOf(*alter.relation) + "." + command.name;
    if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn) {
      report("ban-drop-column", column + " is dropped");
    } else if (command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull) {
      report("ban-drop-not-null", column + " may become NULL");
    }
  }
}

void OfDrop(const At& at, const Report& report) {
  const PgQuery__DropStmt& drop = *at.node.drop_stmt;
  for (size_t i = 0; i < drop.n_objects; ++i) {
    const PgQuery__Node& object = *drop.objects[i];
    if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
      const PgQuery__List& name = *object.list;
      const KnownTable* table = at.known.Find(KeyOf(name.n_items, name.items));
      const bool is_new =
          table != nullptr &&
          (table->is_temporary || (table->created && table->created->file == at.place.file));
      if (is_new) continue;
      report("ban-drop-table",
             fmt::format("{} is dropped", name.items[name.n_items - 1]->string->sval));
    } else if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_SCHEMA &&
               drop.behavior == PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) {
      report("ban-drop-schema",
             fmt::format("schema {} is dropped with all that is in it", object.string->sval));
    }
  }
}

}  // namespace

void LookAtBreakage(const At& at, const Report& report) {
  switch (at.node.node_case) {
    case PG_QUERY__NODE__NODE_RENAME_STMT:
      OfRename(at, report);
      break;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT: {
      const PgQuery__AlterObjectSchemaStmt& alter = *at.node.alter_object_schema_stmt;
      if (alter.object_type != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE || at.IsNew(*alter.relation)) {
        break;
      }
      report("renaming-schema", fmt::format("{} moves to the schema {}",
                                            sql::TextOf(*alter.relation), alter.newschema));
      break;
    }
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
      if (*at.node.alter_enum_stmt->old_val == '\0') break;
      report("renaming-enum-value",
             fmt::format("'{}' becomes '{}'", at.node.alter_enum_stmt->old_val,
                         at.node.alter_enum_stmt->new_val));
      break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      OfAlterTable(at, report);
      break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
      OfDrop(at, report);
      break;
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
      report("ban-drop-database", fmt::format("DROP DATABASE {}", at.node.dropdb_stmt->dbname));
      break;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
      if (at.node.truncate_stmt->behavior != PG_QUERY__DROP_BEHAVIOR__DROP_CASCADE) break;
      report("ban-truncate-cascade", "TRUNCATE … CASCADE");
      break;
    default:
      break;
  }
}

}  // namespace rung::check
