#include "sql/table_lock.h"

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <string_view>

#include "sql/alter_lock.h"
#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

bool NeedsQuotes(const std::string& name) {
  const auto plain = [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; };
  return !std::all_of(name.begin(), name.end(), plain) ||
         std::isdigit(static_cast<unsigned char>(name[0]));
}

std::string Quoted(const std::string& name) { return NeedsQuotes(name) ? '"' + name + '"' : name; }

class Locks {
 public:
  void Add(const std::string& table, LockMode mode) {
    const auto known = std::find_if(found_.begin(), found_.end(),
                                    [&](const TableLock& lock) { return lock.table == table; });
    if (known == found_.end()) {
      found_.push_back({table, mode, false});
    } else {
      known->mode = std::max(known->mode, mode);
    }
  }

  void Add(const PgQuery__RangeVar* relation, LockMode mode) {
    if (relation != nullptr) Add(TextOf(*relation), mode);
  }

  // The tables that foreign keys in this part of the tree point to.
  void AddReferenced(const ProtobufCMessage& message) {
    Walk(message, [this](const ProtobufCMessage& node) {
      if (const auto* constraint =
              As<PgQuery__Constraint>(node, pg_query__constraint__descriptor)) {
        Add(constraint->pktable, LockMode::kShareRowExclusive);
      }
      return true;
    });
  }

  // Every table that this query reads or writes, its CTEs left out.
  void AddQuery(const ProtobufCMessage& query) {
    std::set<std::string> ctes;
    Walk(query, [&](const ProtobufCMessage& node) {
      const auto* cte = As<PgQuery__CommonTableExpr>(node, pg_query__common_table_expr__descriptor);
      if (cte != nullptr) ctes.insert(cte->ctename);
      return true;
    });
    Walk(query, [&](const ProtobufCMessage& node) {
      AddWritten(node);
      const auto* select = As<PgQuery__SelectStmt>(node, pg_query__select_stmt__descriptor);
      if (select != nullptr && select->n_locking_clause > 0) {
        for (size_t i = 0; i < select->n_from_clause; ++i)
          AddTables(select->from_clause[i]->base, ctes, LockMode::kRowShare);
      }
      return true;
    });
    AddTables(query, ctes, LockMode::kAccessShare);
  }

  // On the table of this index, whatever its name is.
  void AddOfIndex(std::string index, LockMode mode) {
    found_.push_back({std::move(index), mode, true});
  }

  std::vector<TableLock> StrongestFirst() && {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const TableLock& a, const TableLock& b) { return a.mode > b.mode; });
    return std::move(found_);
  }

 private:
  void AddTables(const ProtobufCMessage& message, const std::set<std::string>& ctes,
                 LockMode mode) {
    Walk(message, [&](const ProtobufCMessage& node) {
      const auto* table = As<PgQuery__RangeVar>(node, pg_query__range_var__descriptor);
      const bool is_cte =
          table != nullptr && *table->schemaname == '\0' && ctes.contains(table->relname);
      if (!is_cte) Add(table, mode);
      return true;
    });
  }

  void AddWritten(const ProtobufCMessage& node) {
    if (const auto* insert = As<PgQuery__InsertStmt>(node, pg_query__insert_stmt__descriptor)) {
      Add(insert->relation, LockMode::kRowExclusive);
    } else if (const auto* update =
                   As<PgQuery__UpdateStmt>(node, pg_query__update_stmt__descriptor)) {
      Add(update->relation, LockMode::kRowExclusive);
    } else if (const auto* gone =
                   As<PgQuery__DeleteStmt>(node, pg_query__delete_stmt__descriptor)) {
      Add(gone->relation, LockMode::kRowExclusive);
    } else if (const auto* merge = As<PgQuery__MergeStmt>(node, pg_query__merge_stmt__descriptor)) {
      Add(merge->relation, LockMode::kRowExclusive);
    }
  }

  std::vector<TableLock> found_;
};

// "schema.table" out of the first `count` names of the lists that DROP carries.
std::string NameOf(const PgQuery__List& list, size_t count) {
  std::string name;
  for (size_t i = 0; i < count; ++i) {
    if (!name.empty()) name += '.';
    name += Quoted(list.items[i]->string->sval);
  }
  return name;
}

void OfDrop(const PgQuery__DropStmt& drop, Locks& locks) {
  if (drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
    for (size_t i = 0; i < drop.n_objects; ++i) {
      locks.AddOfIndex(
          NameOf(*drop.objects[i]->list, drop.objects[i]->list->n_items),
          drop.concurrent ? LockMode::kShareUpdateExclusive : LockMode::kAccessExclusive);
    }
    return;
  }
  const bool of_table = drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE ||
                        drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW;
  // Their names are those of the table, and their own at the end.
  const bool on_table = drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_TRIGGER ||
                        drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_POLICY ||
                        drop.remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_RULE;
  if (!of_table && !on_table) return;
  for (size_t i = 0; i < drop.n_objects; ++i) {
    const PgQuery__Node& object = *drop.objects[i];
    if (object.node_case != PG_QUERY__NODE__NODE_LIST) continue;
    locks.Add(NameOf(*object.list, object.list->n_items - (on_table ? 1 : 0)),
              LockMode::kAccessExclusive);
  }
}

void OfRelations(PgQuery__Node** nodes, size_t count, LockMode mode, Locks& locks) {
  for (size_t i = 0; i < count; ++i) {
    if (nodes[i]->node_case == PG_QUERY__NODE__NODE_RANGE_VAR) locks.Add(nodes[i]->range_var, mode);
    if (nodes[i]->node_case == PG_QUERY__NODE__NODE_VACUUM_RELATION) {
      locks.Add(nodes[i]->vacuum_relation->relation, mode);
    }
  }
}

void OfAlterTable(const PgQuery__AlterTableStmt& alter, Locks& locks) {
  if (alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE &&
      alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW) {
    return;
  }
  for (size_t i = 0; i < alter.n_cmds; ++i) {
    const PgQuery__AlterTableCmd& command = *alter.cmds[i]->alter_table_cmd;
    locks.Add(alter.relation, LockOfAlter(command));
    locks.Add(LockedPartition(command), LockMode::kAccessExclusive);
  }
  locks.AddReferenced(alter.base);
}

void OfVacuum(const PgQuery__VacuumStmt& vacuum, Locks& locks) {
  const bool is_full = std::any_of(
      vacuum.options, vacuum.options + vacuum.n_options, [](const PgQuery__Node* option) {
        return std::string_view(option->def_elem->defname) == "full" && IsOn(*option->def_elem);
      });
  OfRelations(vacuum.rels, vacuum.n_rels,
              is_full ? LockMode::kAccessExclusive : LockMode::kShareUpdateExclusive, locks);
}

void OfReindex(const PgQuery__ReindexStmt& reindex, Locks& locks) {
  const LockMode mode = HasOption(reindex.n_params, reindex.params, "concurrently")
                            ? LockMode::kShareUpdateExclusive
                            : LockMode::kShare;
  if (reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_TABLE) {
    locks.Add(reindex.relation, mode);
  } else if (reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX) {
    locks.AddOfIndex(TextOf(*reindex.relation), mode);
  }
}

void OfCreateTable(const PgQuery__CreateStmt& create, Locks& locks) {
  const auto mode =
      create.partbound != nullptr ? LockMode::kAccessExclusive : LockMode::kShareUpdateExclusive;
  OfRelations(create.inh_relations, create.n_inh_relations, mode, locks);
  locks.AddReferenced(create.base);
}

void OfCopy(const PgQuery__CopyStmt& copy, Locks& locks) {
  locks.Add(copy.relation, copy.is_from ? LockMode::kRowExclusive : LockMode::kAccessShare);
  if (copy.query != nullptr) locks.AddQuery(copy.query->base);
}

}  // namespace

std::string TextOf(const PgQuery__RangeVar& relation) {
  const std::string schema = relation.schemaname;
  return (schema.empty() ? "" : Quoted(schema) + ".") + Quoted(relation.relname);
}

const char* ToString(LockMode mode) {
  static constexpr const char* kNames[] = {
      "ACCESS SHARE", "ROW SHARE",           "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
      "SHARE",        "SHARE ROW EXCLUSIVE", "EXCLUSIVE",     "ACCESS EXCLUSIVE"};
  return kNames[static_cast<size_t>(mode)];
}

std::vector<TableLock> FindTableLocks(const PgQuery__Node& statement) {
  Locks locks;
  switch (statement.node_case) {
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      OfAlterTable(*statement.alter_table_stmt, locks);
      break;
    case PG_QUERY__NODE__NODE_RENAME_STMT:
      if (statement.rename_stmt->rename_type != PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
        locks.Add(statement.rename_stmt->relation, LockMode::kAccessExclusive);
      }
      break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
      OfDrop(*statement.drop_stmt, locks);
      break;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
      OfRelations(statement.truncate_stmt->relations, statement.truncate_stmt->n_relations,
                  LockMode::kAccessExclusive, locks);
      break;
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      OfCreateTable(*statement.create_stmt, locks);
      break;
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      locks.AddQuery(statement.create_table_as_stmt->query->base);
      break;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      locks.Add(statement.index_stmt->relation, statement.index_stmt->concurrent
                                                    ? LockMode::kShareUpdateExclusive
                                                    : LockMode::kShare);
      break;
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
      OfReindex(*statement.reindex_stmt, locks);
      break;
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
      locks.Add(statement.cluster_stmt->relation, LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
      locks.Add(statement.refresh_mat_view_stmt->relation,
                statement.refresh_mat_view_stmt->concurrent ? LockMode::kExclusive
                                                            : LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
      if (statement.alter_object_schema_stmt->object_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
        locks.Add(statement.alter_object_schema_stmt->relation, LockMode::kAccessExclusive);
      }
      break;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
      locks.Add(statement.create_trig_stmt->relation, LockMode::kShareRowExclusive);
      break;
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      locks.Add(statement.create_policy_stmt->table, LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
      locks.Add(statement.alter_policy_stmt->table, LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_RULE_STMT:
      locks.Add(statement.rule_stmt->relation, LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      OfVacuum(*statement.vacuum_stmt, locks);
      break;
    case PG_QUERY__NODE__NODE_COPY_STMT:
      OfCopy(*statement.copy_stmt, locks);
      break;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
      OfRelations(statement.lock_stmt->relations, statement.lock_stmt->n_relations,
                  static_cast<LockMode>(statement.lock_stmt->mode - 1), locks);
      break;
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
    case PG_QUERY__NODE__NODE_MERGE_STMT:
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      locks.AddQuery(statement.base);
      break;
    default:
      break;
  }
  return std::move(locks).StrongestFirst();
}

std::vector<TableLock> FindTableLocks(std::string_view statement) {
  const ParseTree tree = ParseOne(std::string(statement));
  if (tree == nullptr) return {};
  return FindTableLocks(*tree->stmts[0]->stmt);
}

}  // namespace rung::sql
