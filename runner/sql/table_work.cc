#include "sql/table_work.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "sql/column_default.h"
#include "sql/parse_tree.h"
#include "sql/table_lock.h"

namespace rung::sql {
namespace {

// Gathers what the parts of one statement do.
class Finder {
 public:
  std::vector<TableWork> found;

  void OfStatement(const PgQuery__Node& node) {
    switch (node.node_case) {
      case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
        OfAlterTable(*node.alter_table_stmt);
        break;
      case PG_QUERY__NODE__NODE_INDEX_STMT:
        OfIndex(*node.index_stmt);
        break;
      case PG_QUERY__NODE__NODE_CLUSTER_STMT:
        if (node.cluster_stmt->relation == nullptr) {
          Add(Cause::kCluster, Work::kRewrites, "CLUSTER: every clustered table is written anew");
        } else {
          relation_ = node.cluster_stmt->relation;
          Add(Cause::kCluster, Work::kRewrites, "CLUSTER: the table is written anew, in order");
        }
        break;
      case PG_QUERY__NODE__NODE_VACUUM_STMT:
        OfVacuum(*node.vacuum_stmt);
        break;
      case PG_QUERY__NODE__NODE_REFRESH_MAT_VIEW_STMT:
        if (node.refresh_mat_view_stmt->skip_data) break;
        relation_ = node.refresh_mat_view_stmt->relation;
        Add(Cause::kRefresh, Work::kRewrites,
            node.refresh_mat_view_stmt->concurrent
                ? "REFRESH CONCURRENTLY: the query runs, what differs is written"
                : "REFRESH: the query runs, and its result is written anew");
        break;
      case PG_QUERY__NODE__NODE_REINDEX_STMT:
        OfReindex(*node.reindex_stmt);
        break;
      case PG_QUERY__NODE__NODE_UPDATE_STMT:
        OfRows(node.update_stmt->relation, "UPDATE", node.update_stmt->where_clause);
        break;
      case PG_QUERY__NODE__NODE_DELETE_STMT:
        OfRows(node.delete_stmt->relation, "DELETE", node.delete_stmt->where_clause);
        break;
      case PG_QUERY__NODE__NODE_MERGE_STMT:
        OfRows(node.merge_stmt->relation, "MERGE", node.merge_stmt->join_condition);
        break;
      case PG_QUERY__NODE__NODE_ALTER_TABLE_MOVE_ALL_STMT:
        Add(Cause::kTablespace, Work::kRewrites, "ALL IN TABLESPACE: every table in it is copied");
        break;
      default:
        break;
    }
  }

 private:
  TableWork& Add(Cause cause, Work work, std::string what) {
    TableWork one;
    if (relation_ != nullptr) {
      one.table = TextOf(*relation_);
      one.name = {relation_->schemaname, relation_->relname};
    }
    one.cause = cause;
    one.work = work;
    one.what = std::move(what);
    found.push_back(std::move(one));
    return found.back();
  }

  // What the catalog may know better.
  TableWork& AddAsking(Cause cause, Work work, std::string what) {
    TableWork& one = Add(cause, work, std::move(what));
    one.is_certain = false;
    return one;
  }

  void OfIndex(const PgQuery__IndexStmt& index) {
    relation_ = index.relation;
    if (index.concurrent) {
      Add(Cause::kIndexConcurrently, Work::kBuildsIndex,
          "CREATE INDEX CONCURRENTLY: reads the table twice, blocks nobody");
    } else {
      Add(Cause::kIndex, Work::kBuildsIndex, "CREATE INDEX: writers wait until it is built");
    }
  }

  void OfVacuum(const PgQuery__VacuumStmt& vacuum) {
    if (!HasOption(vacuum.n_options, vacuum.options, "full")) return;
    constexpr const char* kWhat = "VACUUM FULL: the table is written anew";
    for (size_t i = 0; i < vacuum.n_rels; ++i) {
      relation_ = vacuum.rels[i]->vacuum_relation->relation;
      Add(Cause::kVacuumFull, Work::kRewrites, kWhat);
    }
    if (vacuum.n_rels == 0) {
      Add(Cause::kVacuumFull, Work::kRewrites, "VACUUM FULL: every table is written anew");
    }
  }

  void OfReindex(const PgQuery__ReindexStmt& reindex) {
    const bool is_concurrent = HasOption(reindex.n_params, reindex.params, "concurrently");
    const bool is_index = reindex.kind == PG_QUERY__REINDEX_OBJECT_TYPE__REINDEX_OBJECT_INDEX;
    if (!is_index) relation_ = reindex.relation;
    Add(is_concurrent ? Cause::kReindexConcurrently : Cause::kReindex, Work::kBuildsIndex,
        is_concurrent ? "REINDEX CONCURRENTLY: blocks nobody"
                      : "REINDEX: writers, and readers that need the index, wait");
  }

  void OfRows(const PgQuery__RangeVar* relation, const char* what, const PgQuery__Node* where) {
    relation_ = relation;
    Add(Cause::kRows, Work::kWritesRows,
        where == nullptr ? fmt::format("{}: every row", what)
                         : fmt::format("{}: the rows that match", what));
  }

  void OfAlterTable(const PgQuery__AlterTableStmt& alter) {
    if (alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE &&
        alter.objtype != PG_QUERY__OBJECT_TYPE__OBJECT_MATVIEW) {
      return;
    }
    for (size_t i = 0; i < alter.n_cmds; ++i) {
      relation_ = alter.relation;
      OfCommand(*alter.cmds[i]->alter_table_cmd);
    }
  }

  void OfCommand(const PgQuery__AlterTableCmd& command) {
    switch (command.subtype) {
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn:
        OfNewColumn(*command.def->column_def);
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AlterColumnType: {
        const TypeShape type = ShapeOf(*command.def->column_def->type_name);
        TableWork& one =
            AddAsking(Cause::kType, Work::kRewrites,
                      fmt::format("ALTER COLUMN {} TYPE: every row is written anew", command.name));
        one.column = command.name;
        one.type = type;
        // A USING clause computes new values.
        one.is_certain = command.def->column_def->raw_default != nullptr;
        break;
      }
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetNotNull: {
        TableWork& one =
            AddAsking(Cause::kSetNotNull, Work::kScans,
                      fmt::format("SET NOT NULL of {}: every row is looked at", command.name));
        one.column = command.name;
        break;
      }
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddConstraint:
        OfConstraint(*command.def->constraint);
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_ValidateConstraint: {
        TableWork& one =
            AddAsking(Cause::kValidate, Work::kScans,
                      fmt::format("VALIDATE CONSTRAINT {}: every row is looked at, nobody waits",
                                  command.name));
        one.object = command.name;
        break;
      }
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AddIdentity:
        break;  // of a column that is there: new rows only
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged:
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetUnLogged: {
        const bool logs = command.subtype == PG_QUERY__ALTER_TABLE_TYPE__AT_SetLogged;
        TableWork& one = AddAsking(
            Cause::kLogged, Work::kRewrites,
            fmt::format("SET {}: the table is written anew", logs ? "LOGGED" : "UNLOGGED"));
        one.object = logs ? "p" : "u";
        break;
      }
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetTableSpace:
        AddAsking(Cause::kTablespace, Work::kRewrites, "SET TABLESPACE: the table is copied")
            .object = command.name;
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_SetAccessMethod:
        AddAsking(Cause::kAccessMethod, Work::kRewrites,
                  "SET ACCESS METHOD: the table is written anew")
            .object = command.name;
        break;
      case PG_QUERY__ALTER_TABLE_TYPE__AT_AttachPartition: {
        const std::string parent = TextOf(*relation_);
        relation_ = command.def->partition_cmd->name;
        AddAsking(Cause::kAttachPartition, Work::kScans,
                  "ATTACH PARTITION: every row of the partition is looked at")
            .object = parent;
        break;
      }
      default:
        break;
    }
  }

  void OfConstraint(const PgQuery__Constraint& constraint) {
    const std::string name = constraint.conname;
    const auto scan = [&](Cause cause, std::string what) {
      if (!constraint.skip_validation) Add(cause, Work::kScans, std::move(what)).object = name;
    };
    const auto build = [&](Cause cause, const char* what) {
      TableWork& one = Add(cause, Work::kBuildsIndex,
                           fmt::format("{}: its index is built while everybody waits", what));
      one.object = name;
    };
    switch (constraint.contype) {
      case PG_QUERY__CONSTR_TYPE__CONSTR_CHECK:
        scan(Cause::kCheck, "CHECK: every row is looked at");
        break;
      case PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN:
        scan(Cause::kForeignKey,
             fmt::format("FOREIGN KEY: every row is looked up in {}", TextOf(*constraint.pktable)));
        break;
      case PG_QUERY__CONSTR_TYPE__CONSTR_UNIQUE:
        if (*constraint.indexname == '\0') build(Cause::kUnique, "UNIQUE");
        break;
      case PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY:
        if (*constraint.indexname == '\0') {
          build(Cause::kPrimaryKey, "PRIMARY KEY");
        } else {
          TableWork& one = AddAsking(
              Cause::kPrimaryKey, Work::kScans,
              "PRIMARY KEY USING INDEX: every row is looked at, unless its columns are NOT NULL");
          one.object = constraint.indexname;
        }
        break;
      case PG_QUERY__CONSTR_TYPE__CONSTR_EXCLUSION:
        build(Cause::kExclusion, "EXCLUDE");
        break;
      default:
        break;
    }
  }

  void OfNewColumn(const PgQuery__ColumnDef& column) {
    const std::string add = fmt::format("ADD COLUMN {}: ", column.colname);
    const ColumnFacts facts = LookAtColumn(column);
    const auto about = [&](TableWork& one) {
      one.column = column.colname;
      one.type = facts.type;
    };
    if (facts.is_identity) {
      about(Add(Cause::kIdentity, Work::kRewrites, add + "every row is numbered"));
    } else if (facts.is_stored) {
      about(Add(Cause::kStoredColumn, Work::kRewrites, add + "every row is computed and stored"));
    } else if (facts.has_volatile_default) {
      about(
          Add(Cause::kDefault, Work::kRewrites, add + "a volatile default is stored in every row"));
    } else if (!facts.unknown_functions.empty()) {
      TableWork& one = AddAsking(Cause::kDefault, Work::kRewrites,
                                 add + "a volatile default is stored in every row");
      about(one);
      one.functions = facts.unknown_functions;
    } else if (facts.may_be_domain) {
      about(AddAsking(Cause::kDomain, Work::kRewrites,
                      add + "a domain with constraints is checked in every row"));
    }
    if (facts.is_not_null && !facts.has_default && !facts.is_identity && !facts.is_stored) {
      about(Add(Cause::kRequiredColumn, Work::kScans,
                add + "NOT NULL without a default fails unless the table is empty"));
    }
    for (const PgQuery__Constraint* constraint : facts.constraints) {
      // A new column without a value refers to nothing.
      const bool is_foreign = constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN;
      if (is_foreign && !facts.has_default) continue;
      const size_t before = found.size();
      OfConstraint(*constraint);
      for (size_t i = before; i < found.size(); ++i) found[i].column = column.colname;
    }
  }

  const PgQuery__RangeVar* relation_ = nullptr;
};

}  // namespace

const char* ToString(Work work) {
  static constexpr const char* kNames[] = {"", "writes rows", "INDEX BUILD", "SCAN", "REWRITE"};
  return kNames[static_cast<size_t>(work)];
}

std::vector<TableWork> FindTableWork(const PgQuery__Node& statement) {
  Finder finder;
  finder.OfStatement(statement);
  return std::move(finder.found);
}

}  // namespace rung::sql
