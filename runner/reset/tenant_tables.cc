#include "reset/tenant_tables.h"

#include <fmt/format.h>

#include "core/error.h"
#include "files/text_file.h"
#include "pg/text_array.h"
#include "reset/platform_schema.h"
#include "sql/truncation.h"

namespace rung::reset {
namespace {

constexpr const char* kState = "nothing was emptied";

// A row for each listed table, and one more for everything below it.
constexpr const char* kFind = R"(
WITH RECURSIVE listed AS (
  SELECT ord, to_regclass(name)::oid AS oid
  FROM unnest($1::text[]) WITH ORDINALITY AS l (name, ord)
), tree (ord, oid, is_below) AS (
  SELECT ord, oid, false FROM listed
  UNION
  SELECT tree.ord, i.inhrelid, true FROM tree JOIN pg_inherits i ON i.inhparent = tree.oid
)
SELECT t.ord, t.is_below, coalesce(t.oid::text, ''), coalesce(n.nspname, ''),
       CASE WHEN c.oid IS NULL THEN '' ELSE format('%I.%I', n.nspname, c.relname) END,
       coalesce(c.relkind::text, ''),
       coalesce(has_table_privilege(c.oid, 'TRUNCATE'), false), pg_total_relation_size(t.oid),
       coalesce(c.relname, '')
FROM tree t
LEFT JOIN pg_class c ON c.oid = t.oid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
ORDER BY t.ord, t.is_below, 5)";

// What keeps the relation from being wiped; empty where nothing does.
std::string FaultOf(const pqxx::row& row, const std::string& own_schema) {
  const std::string schema = row[3].c_str();
  const std::string kind = row[5].c_str();
  if (kind.empty()) return "no such table";
  if (kind == "f") return "is a foreign table: it would be emptied on another server";
  if (kind != "r" && kind != "p") return "is not a table";
  if (IsPlatformSchema(schema)) {
    return fmt::format("the schema {} belongs to the platform and is never wiped", schema);
  }
  if (schema == own_schema) return "is rung's own";
  if (!row[6].as<bool>()) return "this role may not truncate it";
  return "";
}

}  // namespace

TableList ReadTableList(const std::filesystem::path& script) {
  const std::string text =
      files::ReadText(script, "name the script that lists the tables with --wipe-script FILE");
  const auto read = sql::ReadTruncation(text);
  if (const auto* fault = std::get_if<sql::Fault>(&read)) {
    throw core::Error(core::Failure::kUsage,
                      core::Problem{fmt::format("{}:{}", script.string(), fault->line), fault->what,
                                    fault->excerpt},
                      "nothing was touched",
                      "the script must be TRUNCATE … RESTART IDENTITY and nothing else");
  }
  return {script.string(), std::get<sql::Truncation>(read).tables};
}

std::vector<TenantTable> FindTables(pg::Connection& connection, const TableList& list,
                                    const std::string& own_schema) {
  pg::Params names;
  for (const sql::ObjectName& table : list.tables) {
    names.push_back(pg::QuoteName(table.schema, table.name));
  }
  std::vector<TenantTable> tables;
  std::vector<core::Problem> problems;
  for (const auto& row : connection.Exec(kFind, {pg::TextArray(names)})) {
    const auto position = row[0].as<size_t>() - 1;
    const std::string name = row[4].c_str();
    if (std::string fault = FaultOf(row, own_schema); !fault.empty()) {
      const sql::ObjectName& written = list.tables[position];
      const std::string shown = name.empty() ? pg::QuoteName(written.schema, written.name) : name;
      problems.push_back({list.place, fmt::format("{}: {}", shown, fault), {}});
    }
    if (row[1].as<bool>()) {
      tables.back().below.emplace_back(row[2].c_str());
      tables.back().bytes += row[7].as<int64_t>(0);
      continue;
    }
    tables.push_back({.oid = row[2].c_str(),
                      .name = name,
                      .schema = row[3].c_str(),
                      .relation = row[8].c_str(),
                      .bytes = row[7].as<int64_t>(0),
                      .below = {}});
  }
  if (!problems.empty()) {
    throw core::Error(core::Failure::kFailed, std::move(problems), kState,
                      "connect to the right database as the tables' owner, or correct the list");
  }
  return tables;
}

std::vector<std::string> EmptiedOids(const std::vector<TenantTable>& tables) {
  std::vector<std::string> oids;
  for (const TenantTable& table : tables) {
    oids.push_back(table.oid);
    oids.insert(oids.end(), table.below.begin(), table.below.end());
  }
  return oids;
}

void CountRows(pg::Connection& connection, std::vector<TenantTable>& tables) {
  for (TenantTable& table : tables) {
    const pqxx::result rows = connection.Exec(
        "SELECT count(*), coalesce(sum(hashtextextended(rung_row::text, 0)::numeric), 0) FROM " +
        table.name + " AS rung_row");
    table.rows = rows[0][0].as<int64_t>();
    table.digest = rows[0][1].c_str();
  }
}

}  // namespace rung::reset
