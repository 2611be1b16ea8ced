#include "sql/conjuncts.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "sql/parse_tree.h"

namespace rung::sql {
namespace {

constexpr std::string_view kSelect = "SELECT ";

// The value of `SELECT value`.
PgQuery__Node*& ValueOf(const PgQuery__ParseResult& tree) {
  return tree.stmts[0]->stmt->select_stmt->target_list[0]->res_target->val;
}

// Only whole statements can be written: the node is lent to one.
std::string Write(PgQuery__Node* node) {
  const auto parsed = Parse(std::string(kSelect) + "1");
  const ParseTree& statement = std::get<ParseTree>(parsed);
  PgQuery__Node* const own = std::exchange(ValueOf(*statement), node);
  std::vector<uint8_t> bytes(pg_query__parse_result__get_packed_size(statement.get()));
  pg_query__parse_result__pack(statement.get(), bytes.data());
  ValueOf(*statement) = own;

  const PgQueryDeparseResult result = pg_query_deparse_protobuf(
      PgQueryProtobuf{bytes.size(), reinterpret_cast<char*>(bytes.data())});
  std::string text = result.error == nullptr ? result.query : "";
  pg_query_free_deparse_result(result);
  return text.starts_with(kSelect) ? text.substr(kSelect.size()) : "";
}

bool HasSubquery(const PgQuery__Node& node) {
  bool found = false;
  Walk(node.base, [&](const ProtobufCMessage& message) {
    found |= message.descriptor == &pg_query__select_stmt__descriptor;
    return !found;
  });
  return found;
}

Operand OperandOf(PgQuery__Node* node, std::string_view alias) {
  Operand operand;
  operand.text = Write(node);
  operand.is_column = node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF;
  const auto written = ParseExpression(operand.text, alias);
  const auto* expression = std::get_if<Expression>(&written);
  operand.is_opaque = expression == nullptr || HasSubquery(*node);
  if (expression != nullptr) operand.columns = expression->columns;
  return operand;
}

bool IsEquation(const PgQuery__Node& node) {
  if (node.node_case != PG_QUERY__NODE__NODE_A_EXPR) return false;
  const PgQuery__AExpr& expression = *node.a_expr;
  return expression.kind == PG_QUERY__A__EXPR__KIND__AEXPR_OP && expression.n_name == 1 &&
         std::string_view(expression.name[0]->string->sval) == "=" && expression.lexpr != nullptr &&
         expression.rexpr != nullptr;
}

bool AreRowsOfOneLength(const PgQuery__Node& left, const PgQuery__Node& right) {
  return left.node_case == PG_QUERY__NODE__NODE_ROW_EXPR &&
         right.node_case == PG_QUERY__NODE__NODE_ROW_EXPR &&
         left.row_expr->n_args == right.row_expr->n_args;
}

// Of both sides together.
Operand Equation(const Operand& left, const Operand& right) {
  Operand whole{left.text + " = " + right.text, left.columns, left.is_opaque || right.is_opaque,
                false};
  whole.columns.insert(whole.columns.end(), right.columns.begin(), right.columns.end());
  return whole;
}

class Splitter {
 public:
  explicit Splitter(std::string_view alias) : alias_(alias) {}

  void Split(PgQuery__Node* node) {
    if (node->node_case == PG_QUERY__NODE__NODE_BOOL_EXPR &&
        node->bool_expr->boolop == PG_QUERY__BOOL_EXPR_TYPE__AND_EXPR) {
      for (size_t i = 0; i < node->bool_expr->n_args; ++i) Split(node->bool_expr->args[i]);
      return;
    }
    if (!IsEquation(*node)) {
      conjuncts_.push_back({OperandOf(node, alias_), std::nullopt});
      return;
    }
    PgQuery__Node* const left = node->a_expr->lexpr;
    PgQuery__Node* const right = node->a_expr->rexpr;
    if (!AreRowsOfOneLength(*left, *right)) {
      AddEquation(left, right);
      return;
    }
    for (size_t i = 0; i < left->row_expr->n_args; ++i) {
      AddEquation(left->row_expr->args[i], right->row_expr->args[i]);
    }
  }

  std::vector<Conjunct> Take() { return std::move(conjuncts_); }

 private:
  void AddEquation(PgQuery__Node* left, PgQuery__Node* right) {
    std::pair<Operand, Operand> sides{OperandOf(left, alias_), OperandOf(right, alias_)};
    Operand whole = Equation(sides.first, sides.second);
    conjuncts_.push_back({std::move(whole), std::move(sides)});
  }

  const std::string_view alias_;
  std::vector<Conjunct> conjuncts_;
};

}  // namespace

bool Operand::Reads(const std::string& qualifier) const {
  return std::any_of(columns.begin(), columns.end(),
                     [&](const ColumnUse& use) { return use.qualifier == qualifier; });
}

std::vector<Conjunct> SplitCondition(const std::string& condition, std::string_view alias) {
  Splitter splitter(alias);
  const auto parsed = Parse(std::string(kSelect) + condition);
  splitter.Split(ValueOf(*std::get<ParseTree>(parsed)));
  return splitter.Take();
}

}  // namespace rung::sql
