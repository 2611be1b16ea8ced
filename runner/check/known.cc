#include "check/known.h"

#include <algorithm>
#include <utility>

#include "sql/column_default.h"
#include "sql/not_null.h"
#include "sql/parse_tree.h"
#include "sql/table_lock.h"
#include "sql/table_work.h"

namespace rung::check {
namespace {

std::vector<std::string> Names(size_t count, PgQuery__Node* const* nodes) {
  std::vector<std::string> names;
  for (size_t i = 0; i < count; ++i) {
    names.emplace_back(nodes[i]->node_case == PG_QUERY__NODE__NODE_STRING ? nodes[i]->string->sval
                                                                          : "");
  }
  return names;
}

std::string KeyOf(const PgQuery__RangeVar& relation) {
  return check::KeyOf(relation.schemaname, relation.relname);
}

}  // namespace

std::string KeyOf(std::string_view schema, std::string_view name) {
  return std::string(schema.empty() ? "public" : schema) + "." + std::string(name);
}

std::string KeyOf(size_t count, PgQuery__Node* const* parts) {
  const std::vector<std::string> names = Names(count, parts);
  return KeyOf(count > 1 ? names[count - 2] : "", names.back());
}

const KnownTable* Known::Find(const std::string& key) const {
  const auto found = tables_.find(key);
  return found == tables_.end() ? nullptr : &found->second;
}

const KnownTable* Known::Find(std::string_view schema, std::string_view name) const {
  return Find(KeyOf(schema, name));
}

const KnownFunction* Known::FindFunction(const std::string& key) const {
  const auto found = functions_.find(key);
  return found == functions_.end() ? nullptr : &found->second;
}

bool Known::IsNew(std::string_view schema, std::string_view name, size_t file) const {
  const KnownTable* table = Find(schema, name);
  return table != nullptr &&
         (table->is_temporary || (table->created && table->created->file == file));
}

KnownTable& Known::Table(const PgQuery__RangeVar& relation) {
  KnownTable& table = tables_[KeyOf(relation)];
  if (table.name.empty()) table.name = sql::TextOf(relation);
  return table;
}

void Known::See(const PgQuery__Node& statement, const Place& place) {
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      CreateTable(*statement.create_stmt, place);
      break;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      Table(*statement.create_table_as_stmt->into->rel).created = place;
      break;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      if (statement.select_stmt->into_clause == nullptr) break;
      Table(*statement.select_stmt->into_clause->rel).created = place;
      break;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      AlterTable(*statement.alter_table_stmt, place);
      break;
    case PG_QUERY__NODE__NODE_INDEX_STMT: {
      const PgQuery__IndexStmt& index = *statement.index_stmt;
      std::vector<std::string> columns;
      for (size_t i = 0; i < index.n_index_params; ++i) {
        columns.emplace_back(index.index_params[i]->index_elem->name);
      }
      Table(*index.relation).indexes.push_back(std::move(columns));
      if (*index.idxname != '\0') {
        indexes_[check::KeyOf(index.relation->schemaname, index.idxname)] = KeyOf(*index.relation);
      }
      break;
    }
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      Table(*statement.create_policy_stmt->table)
          .policies.push_back({statement.create_policy_stmt->policy_name, place});
      break;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
      CreateFunction(*statement.create_function_stmt, place);
      break;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
      Rename(*statement.rename_stmt);
      break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
      Drop(statement);
      break;
    case PG_QUERY__NODE__NODE_GRANT_STMT: {
      const PgQuery__GrantStmt& grant = *statement.grant_stmt;
      if (grant.is_grant) break;
      for (size_t i = 0; i < grant.n_objects; ++i) {
        if (grant.objects[i]->node_case != PG_QUERY__NODE__NODE_OBJECT_WITH_ARGS) continue;
        const PgQuery__ObjectWithArgs& object = *grant.objects[i]->object_with_args;
        const auto found = functions_.find(check::KeyOf(object.n_objname, object.objname));
        if (found != functions_.end()) found->second.is_revoked = true;
      }
      break;
    }
    default:
      break;
  }
}

void Known::CreateTable(const PgQuery__CreateStmt& create, const Place& place) {
  const std::string key = KeyOf(*create.relation);
  if (create.if_not_exists && tables_.contains(key)) return;
  tables_.erase(key);
  KnownTable& table = Table(*create.relation);
  table.created = place;
  table.is_temporary = std::string_view(create.relation->relpersistence) == "t";
  for (size_t i = 0; i < create.n_table_elts; ++i) {
    const PgQuery__Node& element = *create.table_elts[i];
    if (element.node_case == PG_QUERY__NODE__NODE_COLUMN_DEF) {
      AddColumn(table, *element.column_def, place);
    } else if (element.node_case == PG_QUERY__NODE__NODE_CONSTRAINT) {
      AddConstraint(table, *element.constraint, place, "");
    }
  }
}

void Known::AddColumn(KnownTable& table, const PgQuery__ColumnDef& column, const Place& place) {
  const sql::ColumnFacts facts = sql::LookAtColumn(column);
  table.columns[column.colname] = facts.type;
  if (facts.is_not_null) table.not_null.emplace_back(column.colname);
  for (const PgQuery__Constraint* constraint : facts.constraints) {
    AddConstraint(table, *constraint, place, column.colname);
  }
}

void Known::AddConstraint(KnownTable& table, const PgQuery__Constraint& constraint,
                          const Place& place, std::string_view column) {
  KnownConstraint known{constraint.conname, !constraint.skip_validation, place, {}};
  const auto columns = [&](size_t count, PgQuery__Node* const* nodes) {
    return column.empty() ? Names(count, nodes) : std::vector{std::string(column)};
  };
  switch (constraint.contype) {
    case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
      known.not_null = sql::ColumnsNotNull(*constraint.raw_expr);
      break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
      table.foreign_keys.push_back({columns(constraint.n_fk_attrs, constraint.fk_attrs), place});
      break;
    case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
    case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
      if (*constraint.indexname == '\0') {
        table.indexes.push_back(columns(constraint.n_keys, constraint.keys));
      }
      break;
    default:
      return;
  }
  table.constraints.push_back(std::move(known));
}

void Known::AlterTable(const PgQuery__AlterTableStmt& alter, const Place& place) {
  if (alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) return;
  KnownTable& table = Table(*alter.relation);
  for (size_t i = 0; i < alter.n_cmds; ++i) {
    const PgQuery__AlterTableCmd& command = *alter.cmds[i]->alter_table_cmd;
    switch (command.subtype) {
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        if (command.missing_ok && table.columns.contains(command.def->column_def->colname)) break;
        AddColumn(table, *command.def->column_def, place);
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        AddConstraint(table, *command.def->constraint, place, "");
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType:
        table.columns[command.name] = sql::ShapeOf(*command.def->column_def->type_name);
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull:
        table.not_null.emplace_back(command.name);
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_DropNotNull:
        std::erase(table.not_null, command.name);
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_DropColumn: {
        table.columns.erase(command.name);
        const auto reads = [&](const auto& columns) {
          return std::find(columns.begin(), columns.end(), command.name) != columns.end();
        };
        std::erase_if(table.foreign_keys, [&](const auto& key) { return reads(key.columns); });
        std::erase_if(table.indexes, reads);
        break;
      }
      case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
        for (KnownConstraint& constraint : table.constraints) {
          if (constraint.name == command.name) constraint.is_valid = true;
        }
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_DropConstraint:
        std::erase_if(table.constraints,
                      [&](const auto& constraint) { return constraint.name == command.name; });
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableRowSecurity:
        table.row_security = place;
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableRowSecurity:
        table.row_security.reset();
        break;
      default:
        break;
    }
  }
}

void Known::Rename(const PgQuery__RenameStmt& rename) {
  if (rename.relation == nullptr) return;
  const auto found = tables_.find(KeyOf(*rename.relation));
  if (found == tables_.end()) return;
  KnownTable& table = found->second;
  if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_COLUMN) {
    auto column = table.columns.extract(rename.subname);
    if (column.empty()) return;
    column.key() = rename.newname;
    table.columns.insert(std::move(column));
    const auto follow = [&](std::vector<std::string>& columns) {
      std::replace(columns.begin(), columns.end(), std::string(rename.subname),
                   std::string(rename.newname));
    };
    follow(table.not_null);
    for (auto& index : table.indexes) follow(index);
    for (ForeignKey& key : table.foreign_keys) follow(key.columns);
    for (KnownConstraint& constraint : table.constraints) follow(constraint.not_null);
  } else if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
    KnownTable moved = std::move(table);
    tables_.erase(found);
    moved.name = rename.newname;
    tables_[check::KeyOf(rename.relation->schemaname, rename.newname)] = std::move(moved);
  } else if (rename.rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABCONSTRAINT) {
    for (KnownConstraint& constraint : table.constraints) {
      if (constraint.name == rename.subname) constraint.name = rename.newname;
    }
  }
}

void Known::Drop(const PgQuery__Node& statement) {
  const PgQuery__DropStmt& drop = *statement.drop_stmt;
  for (size_t i = 0; i < drop.n_objects; ++i) {
    const PgQuery__Node& object = *drop.objects[i];
    if (object.node_case != PG_QUERY__NODE__NODE_LIST) continue;
    const PgQuery__List& name = *object.list;
    if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
      tables_.erase(check::KeyOf(name.n_items, name.items));
    } else if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
      indexes_.erase(check::KeyOf(name.n_items, name.items));
    } else if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY && name.n_items > 1) {
      const auto found = tables_.find(check::KeyOf(name.n_items - 1, name.items));
      if (found == tables_.end()) continue;
      const std::string_view policy = name.items[name.n_items - 1]->string->sval;
      std::erase_if(found->second.policies,
                    [&](const Policy& known) { return known.name == policy; });
    }
  }
}

void Known::CreateFunction(const PgQuery__CreateFunctionStmt& create, const Place& place) {
  KnownFunction function;
  function.place = place;
  for (size_t i = 0; i < create.n_options; ++i) {
    const PgQuery__DefElem& option = *create.options[i]->def_elem;
    const std::string_view name = option.defname;
    if (name == "volatility")
      function.is_volatile = option.arg->string->sval == std::string("volatile");
    if (name == "security") function.is_security_definer = sql::IsOn(option);
  }
  functions_[check::KeyOf(create.n_funcname, create.funcname)] = function;
}

}  // namespace rung::check
