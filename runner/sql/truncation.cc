#include "sql/truncation.h"

#include <algorithm>
#include <optional>
#include <string>

#include "sql/parse_tree.h"
#include "sql/statements.h"

namespace rung::sql {
namespace {

Fault At(const Statement& statement, std::string what) {
  return {std::move(what), statement.head_line, {std::string(statement.head)}};
}

// Why the statement does not belong into such a script.
std::optional<std::string> AddTables(const PgQuery__TruncateStmt& truncate,
                                     std::vector<ObjectName>& tables) {
  if (!truncate.restart_seqs) return "TRUNCATE without RESTART IDENTITY";
  for (size_t i = 0; i < truncate.n_relations; ++i) {
    const PgQuery__RangeVar& relation = *truncate.relations[i]->range_var;
    if (!relation.inh) return "TRUNCATE ONLY: a table is emptied with its partitions or not at all";
    const auto is_same = [&](const ObjectName& table) {
      return table.schema == relation.schemaname && table.name == relation.relname;
    };
    if (std::any_of(tables.begin(), tables.end(), is_same)) continue;
    tables.push_back({relation.schemaname, relation.relname});
  }
  return std::nullopt;
}

}  // namespace

std::variant<Truncation, Fault> ReadTruncation(std::string_view script) {
  const Script parts = SplitStatements(script);
  if (!parts.faults.empty()) return parts.faults.front();
  if (auto fault = FindSyntaxFault(parts.statements)) return *std::move(fault);
  Truncation truncation;
  for (const Statement& statement : parts.statements) {
    if (statement.control == Control::kBegin || statement.control == Control::kCommit) continue;
    const ParseTree tree = ParseOne(std::string(statement.text));
    const PgQuery__Node* node = tree == nullptr ? nullptr : tree->stmts[0]->stmt;
    if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_TRUNCATE_STMT) {
      return At(statement, "something else than TRUNCATE");
    }
    if (auto what = AddTables(*node->truncate_stmt, truncation.tables)) {
      return At(statement, *std::move(what));
    }
  }
  if (truncation.tables.empty()) return Fault{"no TRUNCATE in here", 1, {}};
  return truncation;
}

}  // namespace rung::sql
