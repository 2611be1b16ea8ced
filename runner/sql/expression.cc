#include "sql/expression.h"

#include <algorithm>

#include "sql/parse_tree.h"
#include "sql/tokens.h"

namespace rung::sql {
namespace {

constexpr std::string_view kPrefix = "SELECT (";
constexpr std::string_view kSuffix = "\n)";

bool IsOneExpression(const PgQuery__ParseResult& tree) {
  if (tree.n_stmts != 1) return false;
  const PgQuery__Node& statement = *tree.stmts[0]->stmt;
  if (statement.node_case != PG_QUERY__NODE__NODE_SELECT_STMT) return false;
  const PgQuery__SelectStmt& select = *statement.select_stmt;
  return select.n_target_list == 1 && select.n_from_clause == 0 && select.where_clause == nullptr &&
         select.op == PG_QUERY__SET_OPERATION__SETOP_NONE && select.n_sort_clause == 0 &&
         select.n_group_clause == 0 && select.having_clause == nullptr &&
         select.n_values_lists == 0 && select.limit_count == nullptr &&
         select.target_list[0]->res_target->name[0] == '\0' &&
         select.target_list[0]->res_target->val->node_case != PG_QUERY__NODE__NODE_ROW_EXPR;
}

struct Reference {
  ColumnUse use;
  size_t offset;  // in the parsed text
};

std::vector<Reference> FindReferences(const PgQuery__Node& expression) {
  std::vector<Reference> found;
  Walk(expression.base, [&](const ProtobufCMessage& message) {
    if (message.descriptor == &pg_query__select_stmt__descriptor) return false;
    const auto* reference = As<PgQuery__ColumnRef>(message, pg_query__column_ref__descriptor);
    if (reference == nullptr) return true;
    ColumnUse use;
    for (size_t i = 0; i < reference->n_fields; ++i) {
      if (reference->fields[i]->node_case != PG_QUERY__NODE__NODE_STRING) return true;
      if (i > 0) use.qualifier += (use.qualifier.empty() ? "" : ".") + use.column;
      use.column = reference->fields[i]->string->sval;
    }
    found.push_back({use, static_cast<size_t>(reference->location)});
    return true;
  });
  return found;
}

}  // namespace

std::variant<Expression, SyntaxError> ParseExpression(std::string_view text,
                                                      std::string_view alias) {
  std::string wrapped = std::string(kPrefix) + std::string(text) + std::string(kSuffix);
  // By itself first: `a) OR (b` is only an expression inside of our parentheses.
  const auto alone = Parse("SELECT " + std::string(text));
  const auto parsed = Parse(wrapped);
  if (std::holds_alternative<ParseTree>(parsed) && std::holds_alternative<SyntaxError>(alone)) {
    return SyntaxError{std::get<SyntaxError>(alone).message, 0};
  }
  if (const auto* error = std::get_if<SyntaxError>(&parsed)) {
    return SyntaxError{error->message, error->offset - std::min(error->offset, kPrefix.size())};
  }
  const PgQuery__ParseResult& tree = *std::get<ParseTree>(parsed);
  if (!IsOneExpression(tree)) return SyntaxError{"not one SQL expression", 0};

  const PgQuery__Node& value = *tree.stmts[0]->stmt->select_stmt->target_list[0]->res_target->val;
  std::vector<Reference> references = FindReferences(value);
  Expression expression;
  for (const Reference& reference : references) {
    ColumnUse use = reference.use;
    if (use.qualifier == alias) use.qualifier.clear();
    if (std::find(expression.columns.begin(), expression.columns.end(), use) ==
        expression.columns.end()) {
      expression.columns.push_back(use);
    }
  }
  // From the back, so that earlier offsets stay true.
  std::sort(references.begin(), references.end(),
            [](const Reference& a, const Reference& b) { return a.offset > b.offset; });
  for (const Reference& reference : references) {
    if (reference.use.qualifier.empty()) wrapped.insert(reference.offset, std::string(alias) + ".");
  }
  expression.text = wrapped.substr(kPrefix.size() - 1);
  // The line break only guards against a trailing comment.
  if (text.find("--") == std::string_view::npos) {
    expression.text.erase(expression.text.size() - kSuffix.size(), 1);
  }
  return expression;
}

std::variant<TableName, SyntaxError> ParseTableName(std::string_view text) {
  const std::string name(text);
  const auto parsed = Parse("SELECT FROM " + name);
  if (const auto* error = std::get_if<SyntaxError>(&parsed)) return SyntaxError{error->message, 0};
  const SyntaxError refused{"not the name of one table", 0};
  const PgQuery__ParseResult& tree = *std::get<ParseTree>(parsed);
  const PgQuery__Node& statement = *tree.stmts[0]->stmt;
  if (tree.n_stmts != 1 || statement.node_case != PG_QUERY__NODE__NODE_SELECT_STMT) return refused;
  const PgQuery__SelectStmt& select = *statement.select_stmt;
  if (select.n_from_clause != 1 ||
      select.from_clause[0]->node_case != PG_QUERY__NODE__NODE_RANGE_VAR) {
    return refused;
  }
  const PgQuery__RangeVar& table = *select.from_clause[0]->range_var;
  if (table.alias != nullptr) return SyntaxError{"a table name with an alias", 0};
  // A name is one token, or three with the dot; nothing may stand around it.
  std::string tokens = TokenText(name);
  const auto count = std::count(tokens.begin(), tokens.end(), '\n');
  std::erase(tokens, '\n');
  if ((count != 1 && count != 3) || tokens != name) return refused;
  return TableName{name, table.relname};
}

}  // namespace rung::sql
