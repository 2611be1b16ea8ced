#include "sql/table_lock.h"

#include <algorithm>
#include <cctype>
#include <iterator>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

bool NeedsQuotes(const std::string& name) {
  const auto plain = [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '_'; };
  return !std::all_of(name.begin(), name.end(), plain) ||
         std::isdigit(static_cast<unsigned char>(name[0]));
}

std::string Quoted(const std::string& name) { return NeedsQuotes(name) ? '"' + name + '"' : name; }

std::string NameOf(const PgQuery__RangeVar& relation) {
  const std::string schema = relation.schemaname;
  return (schema.empty() ? "" : Quoted(schema) + ".") + Quoted(relation.relname);
}

// Source: AlterTableGetLockLevel in PostgreSQL 15.
LockMode OfAlterCommand(const PgQuery__AlterTableCmd& command) {
  switch (command.subtype) {
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetStatistics:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ClusterOn:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DropCluster:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_SetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ResetRelOptions:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartitionFinalize:
      return LockMode::kShareUpdateExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DetachPartition:
      return command.def != nullptr && command.def->partition_cmd->concurrent
                 ? LockMode::kShareUpdateExclusive
                 : LockMode::kAccessExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableAlwaysTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableReplicaTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrig:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigAll:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_EnableTrigUser:
    case PG_QUERY__ALTER_TABLE_TYPE__AT_DisableTrigUser:
      return LockMode::kShareRowExclusive;
    case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
      return command.def != nullptr &&
                     command.def->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN
                 ? LockMode::kShareRowExclusive
                 : LockMode::kAccessExclusive;
    default:
      return LockMode::kAccessExclusive;
  }
}

class Locks {
 public:
  void Add(const std::string& table, LockMode mode) {
    const auto known = std::find_if(found_.begin(), found_.end(),
                                    [&](const TableLock& lock) { return lock.table == table; });
    if (known == found_.end()) {
      found_.push_back({table, mode});
    } else {
      known->mode = std::max(known->mode, mode);
    }
  }

  void Add(const PgQuery__RangeVar* relation, LockMode mode) {
    if (relation != nullptr) Add(NameOf(*relation), mode);
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

  // Every table that this part of the tree reads.
  void AddRead(const ProtobufCMessage& message) {
    Walk(message, [this](const ProtobufCMessage& node) {
      Add(As<PgQuery__RangeVar>(node, pg_query__range_var__descriptor), LockMode::kAccessShare);
      return true;
    });
  }

  std::vector<TableLock> StrongestFirst() && {
    std::stable_sort(found_.begin(), found_.end(),
                     [](const TableLock& a, const TableLock& b) { return a.mode > b.mode; });
    return std::move(found_);
  }

 private:
  std::vector<TableLock> found_;
};

// "schema.table" out of the name lists that DROP and COMMENT carry.
std::string NameOf(const PgQuery__Node& node) {
  std::string name;
  if (node.node_case != PG_QUERY__NODE__NODE_LIST) return name;
  for (size_t i = 0; i < node.list->n_items; ++i) {
    if (node.list->items[i]->node_case != PG_QUERY__NODE__NODE_STRING) continue;
    if (!name.empty()) name += '.';
    name += Quoted(node.list->items[i]->string->sval);
  }
  return name;
}

void OfDrop(const PgQuery__DropStmt& drop, Locks& locks) {
  if (drop.remove_type != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) return;
  for (size_t i = 0; i < drop.n_objects; ++i) {
    locks.Add(NameOf(*drop.objects[i]), LockMode::kAccessExclusive);
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
  if (alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) return;
  auto mode = LockMode::kShareUpdateExclusive;
  for (size_t i = 0; i < alter.n_cmds; ++i) {
    mode = std::max(mode, OfAlterCommand(*alter.cmds[i]->alter_table_cmd));
  }
  locks.Add(alter.relation, mode);
  locks.AddReferenced(alter.base);
}

}  // namespace

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
      locks.Add(statement.rename_stmt->relation, LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_DROP_STMT:
      OfDrop(*statement.drop_stmt, locks);
      break;
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
      OfRelations(statement.truncate_stmt->relations, statement.truncate_stmt->n_relations,
                  LockMode::kAccessExclusive, locks);
      break;
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      locks.AddReferenced(statement.create_stmt->base);
      break;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      locks.Add(statement.index_stmt->relation, statement.index_stmt->concurrent
                                                    ? LockMode::kShareUpdateExclusive
                                                    : LockMode::kShare);
      break;
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
      locks.Add(statement.create_trig_stmt->relation, LockMode::kShareRowExclusive);
      break;
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
      locks.Add(statement.create_policy_stmt->table, LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_RULE_STMT:
      locks.Add(statement.rule_stmt->relation, LockMode::kAccessExclusive);
      break;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      OfRelations(statement.vacuum_stmt->rels, statement.vacuum_stmt->n_rels,
                  LockMode::kShareUpdateExclusive, locks);
      break;
    case PG_QUERY__NODE__NODE_LOCK_STMT:
      OfRelations(statement.lock_stmt->relations, statement.lock_stmt->n_relations,
                  static_cast<LockMode>(statement.lock_stmt->mode - 1), locks);
      break;
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      locks.Add(statement.insert_stmt->relation, LockMode::kRowExclusive);
      locks.AddRead(statement.insert_stmt->base);
      break;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      locks.Add(statement.update_stmt->relation, LockMode::kRowExclusive);
      locks.AddRead(statement.update_stmt->base);
      break;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      locks.Add(statement.delete_stmt->relation, LockMode::kRowExclusive);
      locks.AddRead(statement.delete_stmt->base);
      break;
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      locks.AddRead(statement.select_stmt->base);
      break;
    default:
      break;
  }
  return std::move(locks).StrongestFirst();
}

}  // namespace rung::sql
