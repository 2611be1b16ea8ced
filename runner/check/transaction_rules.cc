// How long a file holds what it has locked, and what a killed run leaves behind.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "check/look.h"
#include "sql/bare_statement.h"
#include "sql/parse_tree.h"
#include "sql/table_lock.h"

namespace rung::check {
namespace {

enum class Timeout { kNone, kSome };

// What SET sets a timeout to; nullopt for any other statement.
std::optional<Timeout> SetsTimeout(const PgQuery__Node& node, std::string_view name) {
  if (node.node_case != PG_QUERY__NODE__NODE_VARIABLE_SET_STMT) return std::nullopt;
  const PgQuery__VariableSetStmt& set = *node.variable_set_stmt;
  if (set.kind == PG_QUERY__VARIABLE_SET_KIND__VAR_RESET_ALL) return Timeout::kNone;
  if (name != set.name) return std::nullopt;
  if (set.n_args != 1 || set.args[0]->node_case != PG_QUERY__NODE__NODE_A_CONST) {
    return Timeout::kNone;  // DEFAULT
  }
  const PgQuery__AConst& value = *set.args[0]->a_const;
  const bool is_zero =
      value.val_case == PG_QUERY__A__CONST__VAL_IVAL
          ? value.ival->ival == 0
          : value.val_case == PG_QUERY__A__CONST__VAL_SVAL &&
                std::string_view(value.sval->sval).find_first_of("123456789") == std::string::npos;
  return is_zero ? Timeout::kNone : Timeout::kSome;
}

void OfTimeouts(const At& at, const Report& report) {
  const bool is_reset =
      at.node.node_case == PG_QUERY__NODE__NODE_VARIABLE_SET_STMT &&
      at.node.variable_set_stmt->kind != PG_QUERY__VARIABLE_SET_KIND__VAR_SET_VALUE;
  if (SetsTimeout(at.node, "lock_timeout") == Timeout::kNone && !is_reset) {
    report("require-lock-timeout", "lock_timeout is switched off");
  }
  if (const auto timeout = SetsTimeout(at.node, "statement_timeout")) {
    at.file.has_statement_timeout = *timeout == Timeout::kSome;
  }
  const bool is_concurrent_index = std::any_of(
      at.work.begin(), at.work.end(),
      [](const sql::TableWork& one) { return one.cause == sql::Cause::kIndexConcurrently; });
  if (is_concurrent_index && at.file.has_statement_timeout) {
    report("timeout-on-concurrent-index",
           "CREATE INDEX CONCURRENTLY under the statement_timeout that this file sets");
  }
}

void OfLocks(const At& at, const Report& report) {
  FileState& file = at.file;
  if (file.block != at.place.block) {
    file.block = at.place.block;
    file.locked.clear();
  }
  if (!at.in_transaction || at.node.node_case == PG_QUERY__NODE__NODE_CREATE_POLICY_STMT) return;
  for (const sql::TableLock& lock : sql::FindTableLocks(at.node)) {
    // A foreign key of a new table locks its parent for the moment that its trigger takes.
    if (lock.mode < sql::LockMode::kShare || lock.is_index ||
        at.node.node_case == PG_QUERY__NODE__NODE_CREATE_STMT) {
      continue;
    }
    const size_t dot = lock.table.find('.');
    const bool is_new =
        dot == std::string::npos
            ? at.known.IsNew("", lock.table, at.place.file)
            : at.known.IsNew(lock.table.substr(0, dot), lock.table.substr(dot + 1), at.place.file);
    const bool is_told = file.locked.size() > 1;
    if (is_new ||
        std::find(file.locked.begin(), file.locked.end(), lock.table) != file.locked.end()) {
      continue;
    }
    file.locked.push_back(lock.table);
    if (file.locked.size() < 2 || is_told) continue;
    report("locking-many-tables",
           fmt::format("{} is locked while {} still is", lock.table, file.locked.front()));
  }
  if (at.node.node_case == PG_QUERY__NODE__NODE_RENAME_STMT &&
      at.node.rename_stmt->rename_type == PG_QUERY__OBJECT_TYPE__OBJECT_TABLE) {
    std::replace(file.locked.begin(), file.locked.end(),
                 sql::TextOf(*at.node.rename_stmt->relation),
                 std::string(at.node.rename_stmt->newname));
  }
}

void OfRows(const At& at, const Report& report) {
  for (const sql::TableWork& one : at.work) {
    if (one.cause != sql::Cause::kRows || at.IsNew(one)) continue;
    report("unbatched-write", fmt::format("rows of {} are written in one transaction", one.table));
  }
  if (at.node.node_case != PG_QUERY__NODE__NODE_INSERT_STMT) return;
  const PgQuery__InsertStmt& insert = *at.node.insert_stmt;
  const bool selects = insert.select_stmt != nullptr &&
                       insert.select_stmt->node_case == PG_QUERY__NODE__NODE_SELECT_STMT &&
                       insert.select_stmt->select_stmt->n_values_lists == 0 &&
                       insert.select_stmt->select_stmt->n_from_clause > 0;
  if (!selects || at.IsNew(*insert.relation)) return;
  report("unbatched-write",
         fmt::format("INSERT … SELECT into {} in one transaction", sql::TextOf(*insert.relation)));
}

}  // namespace

void LookAtTransactions(const At& at, const Report& report) {
  OfTimeouts(at, report);
  OfLocks(at, report);
  OfRows(at, report);
  if (at.in_transaction) return;
  const bool is_unknown =
      sql::LookAtBare(std::string(at.statement.text)).how == sql::HowItEnds::kUnknown;
  if (is_unknown) {
    report("prefer-robust-stmts", "nothing tells whether a killed run has done it");
  }
}

}  // namespace rung::check
