#include "sql/outside_transaction.h"

#include <algorithm>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

bool DetachesConcurrently(const PgQuery__AlterTableStmt& alter) {
  return std::any_of(alter.cmds, alter.cmds + alter.n_cmds, [](const PgQuery__Node* node) {
    const PgQuery__Node* def = node->alter_table_cmd->def;
    return def != nullptr && def->node_case == PG_QUERY__NODE__NODE_PARTITION_CMD &&
           def->partition_cmd->concurrent;
  });
}

// A change of the publications refreshes unless it says otherwise.
bool Refreshes(const PgQuery__AlterSubscriptionStmt& alter) {
  switch (alter.kind) {
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_REFRESH:
      return true;
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_SET_PUBLICATION:
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_ADD_PUBLICATION:
    case PG_QUERY__ALTER_SUBSCRIPTION_TYPE__ALTER_SUBSCRIPTION_DROP_PUBLICATION:
      return std::none_of(alter.options, alter.options + alter.n_options,
                          [](const PgQuery__Node* option) {
                            return std::string_view(option->def_elem->defname) == "refresh" &&
                                   !IsOn(*option->def_elem);
                          });
    default:
      return false;
  }
}

}  // namespace

std::string_view ReasonToStayOutside(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      return node.index_stmt->concurrent ? "CREATE INDEX CONCURRENTLY" : "";
    case PG_QUERY__NODE__NODE_DROP_STMT:
      return node.drop_stmt->concurrent ? "DROP INDEX CONCURRENTLY" : "";
    case PG_QUERY__NODE__NODE_REINDEX_STMT: {
      const PgQuery__ReindexStmt& reindex = *node.reindex_stmt;
      if (HasOption(reindex.n_params, reindex.params, "concurrently"))
        return "REINDEX CONCURRENTLY";
      return reindex.relation == nullptr ? "REINDEX of a whole schema or database" : "";
    }
    case PG_QUERY__NODE__NODE_VACUUM_STMT:
      return node.vacuum_stmt->is_vacuumcmd ? "VACUUM" : "";
    case PG_QUERY__NODE__NODE_CLUSTER_STMT:
      return node.cluster_stmt->relation == nullptr ? "CLUSTER of all tables" : "";
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return DetachesConcurrently(*node.alter_table_stmt) ? "DETACH PARTITION CONCURRENTLY" : "";
    case PG_QUERY__NODE__NODE_CREATEDB_STMT:
      return "CREATE DATABASE";
    case PG_QUERY__NODE__NODE_DROPDB_STMT:
      return "DROP DATABASE";
    case PG_QUERY__NODE__NODE_ALTER_DATABASE_STMT:
      return HasOption(node.alter_database_stmt->n_options, node.alter_database_stmt->options,
                       "tablespace")
                 ? "ALTER DATABASE SET TABLESPACE"
                 : "";
    case PG_QUERY__NODE__NODE_CREATE_TABLE_SPACE_STMT:
      return "CREATE TABLESPACE";
    case PG_QUERY__NODE__NODE_DROP_TABLE_SPACE_STMT:
      return "DROP TABLESPACE";
    case PG_QUERY__NODE__NODE_ALTER_SYSTEM_STMT:
      return "ALTER SYSTEM";
    case PG_QUERY__NODE__NODE_DISCARD_STMT:
      return node.discard_stmt->target == PG_QUERY__DISCARD_MODE__DISCARD_ALL ? "DISCARD ALL" : "";
    case PG_QUERY__NODE__NODE_CREATE_SUBSCRIPTION_STMT:
      return "CREATE SUBSCRIPTION";
    case PG_QUERY__NODE__NODE_ALTER_SUBSCRIPTION_STMT:
      return Refreshes(*node.alter_subscription_stmt) ? "ALTER SUBSCRIPTION REFRESH" : "";
    case PG_QUERY__NODE__NODE_DROP_SUBSCRIPTION_STMT:
      return "DROP SUBSCRIPTION";
    default:
      return "";
  }
}

}  // namespace rung::sql
