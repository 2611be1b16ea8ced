#include "sql/copy_direction.h"

#include "sql/parse_tree.h"

namespace rung::sql {

CopyDirection DirectionOfCopy(const std::string& statement, bool says_stdin) {
  const auto parsed = Parse(statement);
  const auto* tree = std::get_if<ParseTree>(&parsed);
  if (tree == nullptr || (*tree)->n_stmts != 1 ||
      (*tree)->stmts[0]->stmt->node_case != PG_QUERY__NODE__NODE_COPY_STMT) {
    // A newer server's option: its words tell.
    return says_stdin ? CopyDirection::kFromClient : CopyDirection::kToClient;
  }
  const PgQuery__CopyStmt& copy = *(*tree)->stmts[0]->stmt->copy_stmt;
  if (copy.is_program || (copy.filename != nullptr && *copy.filename != '\0')) {
    return CopyDirection::kServer;
  }
  return copy.is_from ? CopyDirection::kFromClient : CopyDirection::kToClient;
}

}  // namespace rung::sql
