#include "sql/bare_statement.h"

#include <algorithm>
#include <string_view>

#include "sql/parse_tree.h"
#include "sql/session_setting.h"

namespace rung::sql {
namespace {

ObjectName NameOf(const PgQuery__RangeVar& relation) {
  return {relation.schemaname, relation.relname};
}

BareStatement LookAtIndex(const PgQuery__IndexStmt& index) {
  BareStatement bare;
  if (!index.concurrent) {
    bare.how = HowItEnds::kWithItsRecord;
    return bare;
  }
  bare.how = HowItEnds::kIndexBuilt;
  bare.is_concurrent = true;
  bare.table = NameOf(*index.relation);
  bare.index = {index.relation->schemaname, index.idxname};
  for (size_t i = 0; i < index.n_index_params; ++i) {
    bare.columns.emplace_back(index.index_params[i]->index_elem->name);
  }
  return bare;
}

BareStatement LookAtDrop(const PgQuery__DropStmt& drop) {
  BareStatement bare;
  if (!drop.concurrent) {
    bare.how = HowItEnds::kWithItsRecord;
    return bare;
  }
  bare.how = HowItEnds::kIndexDropped;
  bare.is_concurrent = true;
  const PgQuery__List& parts = *drop.objects[0]->list;  // CONCURRENTLY takes one index
  bare.index.name = parts.items[parts.n_items - 1]->string->sval;
  if (parts.n_items > 1) bare.index.schema = parts.items[parts.n_items - 2]->string->sval;
  return bare;
}

BareStatement LookAtReindex(const PgQuery__ReindexStmt& reindex) {
  BareStatement bare;
  bare.is_concurrent = HasOption(reindex.n_params, reindex.params, "concurrently");
  bare.how = bare.is_concurrent ? HowItEnds::kReindexed : HowItEnds::kRepeatable;
  if (reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX) {
    bare.index = NameOf(*reindex.relation);
  } else if (reindex.relation != nullptr) {
    bare.table = NameOf(*reindex.relation);
  } else if (reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_SCHEMA) {
    bare.reindexed_schema = reindex.name;
  }
  return bare;
}

BareStatement LookAtAlterTable(const PgQuery__AlterTableStmt& alter) {
  BareStatement bare;
  bare.how = HowItEnds::kWithItsRecord;
  for (size_t i = 0; i < alter.n_cmds; ++i) {
    const PgQuery__Node* def = alter.cmds[i]->alter_table_cmd->def;
    if (def == nullptr || def->node_case != PG_QUERY__NODE__NODE_PARTITION_CMD) continue;
    if (!def->partition_cmd->concurrent) continue;
    bare.how = HowItEnds::kPartitionDetached;
    bare.is_concurrent = true;
    bare.table = NameOf(*alter.relation);
    bare.partition = NameOf(*def->partition_cmd->name);
  }
  return bare;
}

// Source: the manual's page of each command. What an extension may keep out of transactions by a
// function or a hook (SELECT, CREATE MATERIALIZED VIEW) is not taken into one.
HowItEnds HowOf(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_INSERT_STMT:
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
    case PG_QUERY__NODE__NODE_DELETE_STMT:
    case PG_QUERY__NODE__NODE_MERGE_STMT:
    case PG_QUERY__NODE__NODE_COPY_STMT:
    case PG_QUERY__NODE__NODE_TRUNCATE_STMT:
    case PG_QUERY__NODE__NODE_ALTER_ENUM_STMT:
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
    case PG_QUERY__NODE__NODE_CREATE_STMT:
    case PG_QUERY__NODE__NODE_CREATE_SCHEMA_STMT:
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
    case PG_QUERY__NODE__NODE_ALTER_SEQ_STMT:
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
    case PG_QUERY__NODE__NODE_ALTER_DOMAIN_STMT:
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
    case PG_QUERY__NODE__NODE_VIEW_STMT:
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
    case PG_QUERY__NODE__NODE_ALTER_FUNCTION_STMT:
    case PG_QUERY__NODE__NODE_CREATE_TRIG_STMT:
    case PG_QUERY__NODE__NODE_CREATE_POLICY_STMT:
    case PG_QUERY__NODE__NODE_ALTER_POLICY_STMT:
    case PG_QUERY__NODE__NODE_CREATE_STATS_STMT:
    case PG_QUERY__NODE__NODE_RENAME_STMT:
    case PG_QUERY__NODE__NODE_RULE_STMT:
    case PG_QUERY__NODE__NODE_COMMENT_STMT:
    case PG_QUERY__NODE__NODE_GRANT_STMT:
    case PG_QUERY__NODE__NODE_ALTER_OWNER_STMT:
    case PG_QUERY__NODE__NODE_ALTER_OBJECT_SCHEMA_STMT:
    case PG_QUERY__NODE__NODE_ALTER_DEFAULT_PRIVILEGES_STMT:
      return HowItEnds::kWithItsRecord;
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
    case PG_QUERY__NODE__NODE_CHECK_POINT_STMT:
    case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
    case PG_QUERY__NODE__NODE_LOAD_STMT:
    case PG_QUERY__NODE__NODE_VARIABLE_SHOW_STMT:
      return HowItEnds::kRepeatable;
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
      return node.dropdb_stmt->missing_ok ? HowItEnds::kRepeatable : HowItEnds::kUnknown;
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
      return node.drop_table_space_stmt->missing_ok ? HowItEnds::kRepeatable : HowItEnds::kUnknown;
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
      return node.drop_subscription_stmt->missing_ok ? HowItEnds::kRepeatable : HowItEnds::kUnknown;
    default:
      return HowItEnds::kUnknown;
  }
}

}  // namespace

BareStatement LookAtBare(const std::string& text) {
  const ParseTree tree = ParseOne(text);
  if (tree == nullptr) return {};
  const PgQuery__Node& node = *tree->stmts[0]->stmt;
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      return LookAtIndex(*node.index_stmt);
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return LookAtDrop(*node.drop_stmt);
    case PG_QUERY__NODE__NODE_REINDEX_STMT:
      return LookAtReindex(*node.reindex_stmt);
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return LookAtAlterTable(*node.alter_table_stmt);
    default: {
      BareStatement bare;
      bare.how = IsSessionSetting(text) ? HowItEnds::kWithItsRecord : HowOf(node);
      return bare;
    }
  }
}

}  // namespace rung::sql
