// Types and names that are regretted later. They hold for new tables too.
#include <fmt/format.h>

#include "check/look.h"
#include "sql/column_default.h"
#include "sql/parse_tree.h"
#include "sql/table_lock.h"
#include "sql/tokens.h"

namespace rung::check {
namespace {

constexpr size_t kLongestName = 63;

bool IsKey(const PgQuery__ColumnDef& column, const std::vector<std::string>& keys) {
  for (const PgQuery__Constraint* constraint : sql::LookAtColumn(column).constraints) {
    if (constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY) return true;
  }
  // Of several columns each has only its share of the values.
  return keys.size() == 1 && keys.front() == column.colname;
}

void OfColumn(const std::string& table, const PgQuery__ColumnDef& column,
              const std::vector<std::string>& keys, const Report& report) {
  if (column.type_name == nullptr) return;
  const std::string type = sql::ShapeOf(*column.type_name).name;
  const std::string name = table + "." + column.colname;
  if (type == "json") report("prefer-jsonb", name + " is json");
  if (type == "timestamp") report("prefer-timestamp-tz", name + " is timestamp without time zone");
  if (type == "bpchar") report("ban-char-field", name + " is char");
  const bool is_narrow = type == "int4" || type == "int2" || type == "serial" ||
                         type == "serial4" || type == "smallserial" || type == "serial2";
  const bool is_numbered = type.find("serial") != std::string::npos;
  if (is_narrow && (is_numbered || IsKey(column, keys))) {
    report("prefer-bigint-over-int", fmt::format("{} is {}", name,
                                                 type == "int4"   ? "integer"
                                                 : type == "int2" ? "smallint"
                                                                  : type));
  }
}

std::vector<std::string> KeysOf(const PgQuery__CreateStmt& create) {
  std::vector<std::string> keys;
  for (size_t i = 0; i < create.n_table_elts; ++i) {
    const PgQuery__Node& element = *create.table_elts[i];
    if (element.node_case != PG_QUERY__NODE__NODE_CONSTRAINT ||
        element.constraint->contype != PG_QUERY__CONSTR_TYPE__CONSTR_PRIMARY) {
      continue;
    }
    for (size_t k = 0; k < element.constraint->n_keys; ++k) {
      keys.emplace_back(element.constraint->keys[k]->string->sval);
    }
  }
  return keys;
}

// The parser cuts a long name off, so the text has to be asked; the scanner only where there is
// something long in it.
bool MayHaveLongName(std::string_view text) {
  size_t run = 0;
  for (const char c : text) {
    const bool ends = c == '"' || c == '\n' || c == ',' || c == ';' || c == '(' || c == ')';
    run = ends ? 0 : run + 1;
    if (run > kLongestName) return true;
  }
  return false;
}

void OfNames(std::string_view text, const Report& report) {
  if (!MayHaveLongName(text)) return;
  const std::string whole(text);
  for (const sql::Token& token : sql::ScanTokens(whole)) {
    if (token.kind != PG_QUERY__TOKEN__IDENT) continue;
    std::string_view name = token.text;
    if (name.starts_with('"')) name = name.substr(1, name.size() - 2);
    if (name.size() <= kLongestName) continue;
    report("identifier-too-long", fmt::format("{} has {} bytes", name, name.size()));
  }
}

}  // namespace

void LookAtTypes(const At& at, const Report& report) {
  if (at.node.node_case == PG_QUERY__NODE__NODE_CREATE_STMT) {
    const PgQuery__CreateStmt& create = *at.node.create_stmt;
    const std::vector<std::string> keys = KeysOf(create);
    for (size_t i = 0; i < create.n_table_elts; ++i) {
      if (create.table_elts[i]->node_case != PG_QUERY__NODE__NODE_COLUMN_DEF) continue;
      OfColumn(sql::TextOf(*create.relation), *create.table_elts[i]->column_def, keys, report);
    }
  }
  if (at.node.node_case == PG_QUERY__NODE__NODE_ALTER_TABLE_STMT) {
    const PgQuery__AlterTableStmt& alter = *at.node.alter_table_stmt;
    for (size_t i = 0; i < alter.n_cmds; ++i) {
      const PgQuery__AlterTableCmd& command = *alter.cmds[i]->alter_table_cmd;
      if (command.subtype != PG_QUERY__ALTER_TABLE_TYPE__AT_AddColumn) continue;
      OfColumn(sql::TextOf(*alter.relation), *command.def->column_def, {}, report);
    }
  }
  OfNames(at.statement.text, report);
}

}  // namespace rung::check
