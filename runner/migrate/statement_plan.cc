#include "migrate/statement_plan.h"

#include <algorithm>
#include <utility>

#include "migrate/settled_work.h"
#include "sql/parse_tree.h"

namespace rung::migrate {
namespace {

constexpr const char* kSize = R"(
SELECT coalesce(sum(greatest(c.reltuples, 0)) FILTER (WHERE c.relkind <> 'p'), 0)::bigint,
       coalesce(sum(pg_relation_size(c.oid)) FILTER (WHERE c.relkind <> 'p'), 0)::bigint
FROM pg_class t
     CROSS JOIN LATERAL (SELECT t.oid UNION SELECT relid FROM pg_partition_tree(t.oid)) part (oid)
     JOIN pg_class c ON c.oid = part.oid
WHERE t.oid = to_regclass($1) AND t.relkind IN ('r', 'p', 'm')
GROUP BY t.oid)";

constexpr const char* kTableOfIndex = R"(
SELECT indrelid::regclass::text FROM pg_index WHERE indexrelid = to_regclass($1))";

// "app.users" as the two parts of its name; quotes left out.
std::pair<std::string, std::string> PartsOf(std::string table) {
  std::erase(table, '"');
  const size_t dot = table.find('.');
  if (dot == std::string::npos) return {"", table};
  return {table.substr(0, dot), table.substr(dot + 1)};
}

}  // namespace

std::optional<TableSize> ReadTableSize(pg::Connection& connection, const std::string& table) {
  const pqxx::result rows = connection.Exec(kSize, {table});
  if (rows.empty()) return std::nullopt;
  return TableSize{rows[0][0].as<int64_t>(), rows[0][1].as<int64_t>()};
}

bool StatementPlanner::IsNew(const std::string& table) const {
  const auto [schema, name] = PartsOf(table);
  const check::KnownTable* known = known_.Find(schema, name);
  return known != nullptr && known->created.has_value();
}

StatementPlan StatementPlanner::Plan(const Migration& migration, size_t statement) {
  StatementPlan plan;
  const auto parsed = sql::Parse(std::string(migration.statements[statement].text));
  const auto* tree = std::get_if<sql::ParseTree>(&parsed);
  if (tree == nullptr || (*tree)->n_stmts != 1) return plan;  // the server has the last word
  const PgQuery__Node& node = *(*tree)->stmts[0]->stmt;
  plan.locks = sql::FindTableLocks(node);
  for (sql::TableLock& lock : plan.locks) {
    if (lock.is_index) lock.table = TableOfIndex(lock.table);
  }
  std::erase_if(plan.locks, [](const sql::TableLock& lock) { return lock.table.empty(); });
  if (!plan.locks.empty()) plan.table = plan.locks.front().table;
  ChooseWork(sql::FindTableWork(node), plan);
  plan.is_new = !plan.table.empty() && IsNew(plan.table);
  if (!plan.table.empty() && !plan.is_new) {
    if (const auto size = ReadTableSize(connection_, plan.table)) {
      plan.rows = size->rows;
      plan.bytes = size->bytes;
    }
  }
  const bool is_there = node.node_case == PG_QUERY__NODE__NODE_CREATE_STMT &&
                        node.create_stmt->if_not_exists &&
                        Exists(sql::TextOf(*node.create_stmt->relation));
  if (!is_there) known_.See(node, {0, statement, 0});
  return plan;
}

void StatementPlanner::ChooseWork(std::vector<sql::TableWork> works, StatementPlan& plan) {
  for (sql::TableWork& one : works) {
    if (!one.table.empty() && IsNew(one.table)) continue;
    std::vector<std::string> validated;
    for (const auto& [table, constraint] : validated_) {
      if (table == one.table) validated.push_back(constraint);
    }
    // A CHECK that is added and validated by then is not in the catalog yet.
    const check::KnownTable* known = known_.Find(one.name.schema, one.name.name);
    const bool is_proven =
        known != nullptr && one.cause == sql::Cause::kSetNotNull &&
        std::any_of(known->constraints.begin(), known->constraints.end(), [&](const auto& check) {
          return check.is_valid && std::find(check.not_null.begin(), check.not_null.end(),
                                             one.column) != check.not_null.end();
        });
    if (one.cause == sql::Cause::kValidate) validated_.emplace_back(one.table, one.object);
    if (is_proven) continue;
    SettleWork(connection_, validated, one);
    if (one.work <= plan.work) continue;
    plan.work = one.work;
    plan.why = one.what;
    plan.is_certain = one.is_certain;
    if (plan.table.empty()) plan.table = one.table;
  }
}

std::string StatementPlanner::TableOfIndex(const std::string& index) {
  const pqxx::result rows = connection_.Exec(kTableOfIndex, {index});
  if (!rows.empty()) return rows[0][0].c_str();
  const auto [schema, name] = PartsOf(index);
  const auto table = known_.indexes().find(check::KeyOf(schema, name));
  if (table == known_.indexes().end()) return "";
  const check::KnownTable* known = known_.Find(table->second);
  return known == nullptr ? "" : known->name;
}

bool StatementPlanner::Exists(const std::string& table) {
  return !connection_.Exec("SELECT 1 WHERE to_regclass($1) IS NOT NULL", {table}).empty();
}

}  // namespace rung::migrate
