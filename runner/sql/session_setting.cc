#include "sql/session_setting.h"

#include <algorithm>
#include <cctype>
#include <string_view>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

constexpr size_t kLongest = 10'000;  // no setting is longer, and a dump's data is

bool IsTrue(const PgQuery__Node& node) {
  return node.node_case == PG_QUERY__NODE__NODE_A_CONST &&
         node.a_const->val_case == PG_QUERY__A__CONST__VAL_BOOLVAL &&
         node.a_const->boolval->boolval;
}

// set_config(name, value, is_local), by itself or in pg_catalog.
bool SetsConfiguration(const PgQuery__Node& target) {
  const PgQuery__Node* value = target.res_target->val;
  if (value->node_case != PG_QUERY__NODE__NODE_FUNC_CALL) return false;
  const PgQuery__FuncCall& call = *value->func_call;
  const std::string_view name = call.funcname[call.n_funcname - 1]->string->sval;
  const bool is_built_in =
      call.n_funcname == 1 || std::string_view(call.funcname[0]->string->sval) == "pg_catalog";
  return is_built_in && name == "set_config" && call.n_args == 3 && !IsTrue(*call.args[2]);
}

bool SelectsOnlySettings(const PgQuery__SelectStmt& select) {
  return select.n_target_list > 0 && select.n_from_clause == 0 && select.where_clause == nullptr &&
         select.op == PG_QUERY__SET_OPERATION__SETOP_NONE && select.into_clause == nullptr &&
         select.with_clause == nullptr &&
         std::all_of(select.target_list, select.target_list + select.n_target_list,
                     [](const PgQuery__Node* target) { return SetsConfiguration(*target); });
}

// Shape:  `word` in lower case; anywhere in the text, in any case.
bool Mentions(std::string_view text, std::string_view word) {
  return std::search(text.begin(), text.end(), word.begin(), word.end(), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         }) != text.end();
}

// Spares the parser the statements that cannot be one, which are nearly all.
bool MayBeOne(std::string_view text) { return Mentions(text, "set"); }

}  // namespace

bool IsSessionSetting(const std::string& text) {
  if (text.size() > kLongest || !MayBeOne(text)) return false;
  const ParseTree tree = ParseOne(text);
  if (tree == nullptr) return false;
  const PgQuery__Node& node = *tree->stmts[0]->stmt;
  if (node.node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
    return SelectsOnlySettings(*node.select_stmt);
  }
  if (node.node_case != PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) return false;
  const PgQuery__VariableSetStmt& set = *node.variable_set_stmt;
  // SET TRANSACTION is of the transaction, SET SESSION CHARACTERISTICS of the session.
  return !set.is_local && std::string_view(set.name) != "TRANSACTION" &&
         std::string_view(set.name) != "TRANSACTION SNAPSHOT";
}

bool IsSet(std::string_view head) {
  return head.size() > 3 && Mentions(head.substr(0, 3), "set") &&
         std::isspace(static_cast<unsigned char>(head[3])) != 0;
}

bool MaySetReadOnly(std::string_view text) {
  return text.size() <= kLongest && Mentions(text, "only") && IsSessionSetting(std::string(text));
}

}  // namespace rung::sql
