// Supabase: what its API makes public, and what of the database is its own.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "check/look.h"
#include "sql/column_default.h"
#include "sql/parse_tree.h"
#include "sql/table_lock.h"

namespace rung::check {
namespace {

bool IsPublic(const std::string& key) { return key.starts_with("public."); }

bool IsSupabaseOwn(std::string_view schema) {
  static constexpr std::string_view kOwn[] = {"auth",
                                              "storage",
                                              "realtime",
                                              "vault",
                                              "graphql",
                                              "graphql_public",
                                              "supabase_functions",
                                              "pgsodium",
                                              "_realtime",
                                              "supabase_migrations"};
  return std::find(std::begin(kOwn), std::end(kOwn), schema) != std::end(kOwn);
}

void OfView(const PgQuery__ViewStmt& view, const Report& report) {
  if (!IsPublic(KeyOf(view.view->schemaname, view.view->relname))) return;
  if (sql::HasOption(view.n_options, view.options, "security_invoker")) return;
  report("security-definer-view",
         fmt::format("view {} reads with its owner's rights", view.view->relname));
}

void OfFunction(const PgQuery__CreateFunctionStmt& create, const Report& report) {
  bool is_definer = false;
  bool has_search_path = false;
  for (size_t i = 0; i < create.n_options; ++i) {
    const PgQuery__DefElem& option = *create.options[i]->def_elem;
    const std::string_view name = option.defname;
    if (name == "security") is_definer = sql::IsOn(option);
    if (name == "set" && option.arg->node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) {
      has_search_path =
          has_search_path || std::string_view(option.arg->variable_set_stmt->name) == "search_path";
    }
  }
  if (!is_definer || has_search_path) return;
  report("function-search-path-mutable",
         fmt::format("{} is SECURITY DEFINER without SET search_path",
                     create.funcname[create.n_funcname - 1]->string->sval));
}

void OfExtension(const PgQuery__CreateExtensionStmt& create, const Report& report) {
  std::string_view schema;
  for (size_t i = 0; i < create.n_options; ++i) {
    const PgQuery__DefElem& option = *create.options[i]->def_elem;
    if (std::string_view(option.defname) == "schema") schema = option.arg->string->sval;
  }
  if (schema == "public" || schema.empty()) {
    report("extension-in-public", fmt::format("extension {} goes into public", create.extname));
  }
}

// The schema of what a statement makes, changes or drops, where Supabase does not want that.
std::string SchemaOf(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      return node.create_stmt->relation->schemaname;
    case PG_QUERY__NODE__NODE_ALTER_TABLE_STMT:
      return node.alter_table_stmt->relation->schemaname;
    case PG_QUERY__NODE__NODE_INDEX_STMT:
      return node.index_stmt->relation->schemaname;
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      return node.view_stmt->view->schemaname;
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT: {
      const PgQuery__CreateFunctionStmt& create = *node.create_function_stmt;
      return create.n_funcname > 1 ? create.funcname[0]->string->sval : "";
    }
    case PG_QUERY__NODE__NODE_DROP_STMT: {
      const PgQuery__DropStmt& drop = *node.drop_stmt;
      if (drop.remove_type != PG_QUERY__OBJECT_TYPE__OBJECT_TABLE || drop.n_objects == 0) return "";
      const PgQuery__List& name = *drop.objects[0]->list;
      return name.n_items > 1 ? name.items[0]->string->sval : "";
    }
    default:
      return "";
  }
}

void OfColumn(const PgQuery__ColumnDef& column, const Report& report) {
  if (column.type_name == nullptr) return;
  const std::string_view name = column.colname;
  const bool is_clerk_id = name.starts_with("clerk_") && name.ends_with("id");
  if (is_clerk_id && sql::ShapeOf(*column.type_name).name == "uuid") {
    report("clerk-id-as-uuid", fmt::format("{} is uuid", name));
  }
  bool calls_uid = false;
  sql::Walk(column.base, [&](const ProtobufCMessage& node) {
    const auto* call = sql::As<PgQuery__FuncCall>(node, pg_query__func_call__descriptor);
    calls_uid = calls_uid || (call != nullptr && call->n_funcname == 2 &&
                              std::string_view(call->funcname[0]->string->sval) == "auth" &&
                              std::string_view(call->funcname[1]->string->sval) == "uid");
    return true;
  });
  if (calls_uid) {
    report("auth-uid-with-clerk", fmt::format("the default of {} calls auth.uid()", name));
  }
}

void OfColumns(const At& at, const Report& report) {
  if (at.node.node_case == PG_QUERY__NODE__NODE_CREATE_STMT) {
    const PgQuery__CreateStmt& create = *at.node.create_stmt;
    for (size_t i = 0; i < create.n_table_elts; ++i) {
      if (create.table_elts[i]->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF) continue;
      OfColumn(*create.table_elts[i]->column_def, report);
    }
  } else if (at.node.node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT) {
    const PgQuery__AlterTableStmt& alter = *at.node.alter_table_stmt;
    for (size_t i = 0; i < alter.n_cmds; ++i) {
      const PgQuery__AlterTableCmd& command = *alter.cmds[i]->alter_table_cmd;
      if (command.subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn) continue;
      OfColumn(*command.def->column_def, report);
    }
  }
}

// Does an index begin with these columns, in any order?
bool IsIndexed(const KnownTable& table, const ForeignKey& key) {
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const auto& index) {
    return index.size() >= key.columns.size() &&
           std::is_permutation(key.columns.begin(), key.columns.end(), index.begin());
  });
}

}  // namespace

void LookAtExposure(const At& at, const Report& report) {
  if (at.node.node_case == PG_QUERY__NODE__NODE_VIEW_STMT) OfView(*at.node.view_stmt, report);
  if (at.node.node_case == PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT) {
    OfFunction(*at.node.create_function_stmt, report);
  }
  if (at.node.node_case == PG_QUERY__NODE__NODE_CREATE_EXTENSION_STMT) {
    OfExtension(*at.node.create_extension_stmt, report);
  }
  const std::string schema = SchemaOf(at.node);
  if (IsSupabaseOwn(schema)) {
    report("ddl-in-managed-schema", fmt::format("the schema {} is Supabase's own", schema));
  }
  OfColumns(at, report);
}

void LookAtFileEnd(const Known& known, size_t file, const ReportAt& report) {
  for (const auto& [key, table] : known.tables()) {
    if (!table.created || table.created->file != file || table.is_temporary || !IsPublic(key) ||
        table.row_security) {
      continue;
    }
    report("rls-disabled-in-public", *table.created,
           fmt::format("{} is open to everybody", table.name));
  }
}

void LookAtLadderEnd(const Known& known, const ReportAt& report) {
  for (const auto& [key, table] : known.tables()) {
    // Of a table that the ladder has not made, others may have seen to it.
    if (!table.row_security && !table.policies.empty() && table.created) {
      report("policy-exists-rls-disabled", table.policies.front().place,
             fmt::format("row level security of {} is not enabled", table.name));
    }
    if (table.row_security && table.policies.empty() && table.created) {
      report("rls-enabled-no-policy", *table.row_security,
             fmt::format("{} has no policy", table.name));
    }
    for (const ForeignKey& foreign : table.foreign_keys) {
      if (foreign.columns.empty() || IsIndexed(table, foreign)) continue;
      std::string columns;
      for (const std::string& column : foreign.columns) {
        columns += (columns.empty() ? "" : ", ") + column;
      }
      report("unindexed-foreign-keys", foreign.place,
             fmt::format("no index of {} begins with {}", table.name, columns));
    }
  }
  for (const auto& [key, function] : known.functions()) {
    if (!function.is_security_definer || function.is_revoked || !IsPublic(key)) continue;
    report("anon-security-definer-function-executable", function.place,
           fmt::format("{} can be called by everybody", key.substr(key.find('.') + 1)));
  }
}

}  // namespace rung::check
