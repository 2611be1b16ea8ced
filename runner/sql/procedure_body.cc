#include "sql/procedure_body.h"

#include <algorithm>
#include <string_view>

#include "sql/parse_tree.h"
#include "sql/tokens.h"

namespace rung::sql {
namespace {

// The text of AS and the language among the options of a DO or CREATE PROCEDURE.
struct Source {
  std::string text;
  std::string language = "plpgsql";
};

Source SourceOf(size_t count, PgQuery__Node* const* options) {
  Source source;
  for (const PgQuery__Node* node : std::vector(options, options + count)) {
    if (node->node_case != PG_QUERY__NODE__NODE_DEF_ELEM || node->def_elem->arg == nullptr) {
      continue;
    }
    const PgQuery__DefElem& option = *node->def_elem;
    const PgQuery__Node* value = option.arg;
    if (value->node_case == PG_QUERY__NODE__NODE_LIST && value->list->n_items > 0) {
      value = value->list->items[0];  // AS 'text' is a list of one
    }
    if (value->node_case != PG_QUERY__NODE__NODE_STRING) continue;
    if (std::string_view(option.defname) == "as") source.text = value->string->sval;
    if (std::string_view(option.defname) == "language") source.language = value->string->sval;
  }
  return source;
}

// May a statement of a body begin behind this token?
bool EndsStatement(const Token* token) {
  if (token == nullptr) return true;
  switch (token->kind) {
    case PG_QUERY__TOKEN__ASCII_59:
    case PG_QUERY__TOKEN__BEGIN_P:
    case PG_QUERY__TOKEN__THEN:
    case PG_QUERY__TOKEN__ELSE:
      return true;
    default:
      return token->text == ">>" || token->text == "loop" || token->text == "LOOP";
  }
}

BodyFacts ReadTokens(const std::vector<Token>& tokens) {
  BodyFacts facts;
  for (size_t i = 0; i < tokens.size(); ++i) {
    if (!EndsStatement(i == 0 ? nullptr : &tokens[i - 1])) continue;
    const auto follows = [&](size_t at, PgQuery__Token kind) {
      return at < tokens.size() && tokens[at].kind == kind;
    };
    if (tokens[i].kind == PG_QUERY__TOKEN__COMMIT || tokens[i].kind == PG_QUERY__TOKEN__ROLLBACK) {
      facts.ends_transaction = facts.ends_transaction ||
                               follows(i + 1, PG_QUERY__TOKEN__ASCII_59) ||
                               follows(i + 1, PG_QUERY__TOKEN__AND);
    }
    if (tokens[i].kind != PG_QUERY__TOKEN__CALL) continue;
    std::string name;
    for (size_t at = i + 1; at < tokens.size() && !follows(at, PG_QUERY__TOKEN__ASCII_40); ++at) {
      name += tokens[at].text;
    }
    facts.calls.push_back(std::move(name));
  }
  return facts;
}

}  // namespace

BodyFacts ReadBody(const PgQuery__Node& statement) {
  Source source;
  if (statement.node_case == PG_QUERY__NODE__NODE_DO_STMT) {
    source = SourceOf(statement.do_stmt->n_args, statement.do_stmt->args);
  } else if (statement.node_case == PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT &&
             statement.create_function_stmt->is_procedure) {
    source = SourceOf(statement.create_function_stmt->n_options,
                      statement.create_function_stmt->options);
  }
  if (source.language != "plpgsql") return {};
  return ReadTokens(ScanTokens(source.text));
}

}  // namespace rung::sql
