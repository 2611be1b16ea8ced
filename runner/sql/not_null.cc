#include "sql/not_null.h"

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

void AddNotNull(const PgQuery__Node& condition, std::vector<std::string>& columns) {
  if (condition.node_case == PG_QUERY__NODE__NODE_BOOL_EXPR &&
      condition.bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
    for (size_t i = 0; i < condition.bool_expr->n_args; ++i) {
      AddNotNull(*condition.bool_expr->args[i], columns);
    }
  }
  if (condition.node_case != PG_QUERY__NODE__NODE_NULL_TEST) return;
  const PgQuery__NullTest& test = *condition.null_test;
  if (test.nulltesttype != PG_QUERY__NULL_TEST_TYPE__IS_NOT_NULL ||
      test.arg->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) {
    return;
  }
  const PgQuery__ColumnRef& column = *test.arg->column_ref;
  const PgQuery__Node& last = *column.fields[column.n_fields - 1];
  if (last.node_case == PG_QUERY__NODE__NODE_STRING) columns.emplace_back(last.string->sval);
}

}  // namespace

std::vector<std::string> ColumnsNotNull(const PgQuery__Node& condition) {
  std::vector<std::string> columns;
  AddNotNull(condition, columns);
  return columns;
}

std::vector<std::string> ColumnsNotNull(const std::string& condition) {
  const ParseTree tree = ParseOne("SELECT " + condition);
  if (tree == nullptr) return {};
  const PgQuery__Node& select = *tree->stmts[0]->stmt;
  if (select.node_case != PG_QUERY__NODE__NODE_SELECT_STMT ||
      select.select_stmt->n_target_list != 1) {
    return {};
  }
  return ColumnsNotNull(*select.select_stmt->target_list[0]->res_target->val);
}

}  // namespace rung::sql
