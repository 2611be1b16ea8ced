#include "reset/readiness.h"

#include <fmt/format.h>

#include <algorithm>

#include "pg/text_array.h"
#include "reset/sequences.h"

namespace rung::reset {
namespace {

constexpr const char* kColumns = R"(
SELECT want.name, want.col, c.oid IS NOT NULL, a.attnum IS NOT NULL,
       EXISTS (SELECT FROM pg_index i
               WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indpred IS NULL
                 AND i.indisvalid AND i.indisready)
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS want (name, col, ord)
LEFT JOIN pg_class c ON c.oid = to_regclass(want.name)
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = want.col AND NOT a.attisdropped
ORDER BY want.ord)";

constexpr const char* kInvalid = R"(
SELECT format('the index %I of %s is invalid', x.relname, i.indrelid::regclass)
FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
WHERE i.indrelid = ANY ($1::oid[]) AND NOT i.indisvalid
UNION ALL
SELECT format('the constraint %I of %s is not validated', f.conname, f.conrelid::regclass)
FROM pg_constraint f WHERE f.conrelid = ANY ($1::oid[]) AND NOT f.convalidated
ORDER BY 1)";

// Kept tables that a listed one refers to: without their rows nothing can be inserted.
constexpr const char* kReferred = R"(
SELECT DISTINCT format('%I.%I', n.nspname, c.relname)
FROM pg_constraint f
JOIN pg_class c ON c.oid = f.confrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE f.contype = 'f' AND f.conrelid = ANY ($1::oid[]) AND NOT f.confrelid = ANY ($1::oid[])
ORDER BY 1)";

void CheckColumns(pg::Connection& connection, const std::vector<TenantColumn>& columns,
                  std::vector<Check>& checks) {
  pg::Params tables;
  pg::Params names;
  for (const TenantColumn& column : columns) {
    tables.push_back(column.table);
    names.push_back(column.column);
  }
  Check present{fmt::format("every tenant table has its column: {}", columns.size()), {}};
  Check indexed{fmt::format("every one of these columns has a valid index: {}", columns.size()),
                {}};
  const pg::Params wanted{pg::TextArray(tables), pg::TextArray(names)};
  for (const auto& row : connection.Exec(kColumns, wanted)) {
    const std::string table = row[0].c_str();
    const std::string column = row[1].c_str();
    if (!row[2].as<bool>()) {
      present.faults.push_back("there is no table " + table);
    } else if (!row[3].as<bool>()) {
      present.faults.push_back(fmt::format("{} has no column {}", table, column));
    } else if (!row[4].as<bool>()) {
      indexed.faults.push_back(fmt::format("{} has no valid index on {}", table, column));
    }
  }
  checks.push_back(std::move(present));
  checks.push_back(std::move(indexed));
}

void CheckRows(pg::Connection& connection, std::vector<TenantTable> tables,
               std::vector<Check>& checks) {
  const std::vector<std::string> oids = EmptiedOids(tables);
  CountRows(connection, tables);
  Check empty{fmt::format("the wiped tables are empty: {}", tables.size()), {}};
  for (const TenantTable& table : tables) {
    if (table.rows > 0) {
      empty.faults.push_back(
          fmt::format("{} has {} row{}", table.name, table.rows, table.rows == 1 ? "" : "s"));
    }
  }
  const std::vector<Sequence> sequences = ReadSequences(connection, oids);
  Check started{fmt::format("their sequences are at their start: {}", sequences.size()), {}};
  for (const Sequence& sequence : sequences) {
    if (!sequence.IsAtStart()) {
      started.faults.push_back(fmt::format("{} goes on with {}", sequence.name, sequence.next));
    }
  }
  const pqxx::result referred = connection.Exec(kReferred, {pg::ArrayText(oids)});
  Check kept{fmt::format("the kept tables that they refer to have rows: {}", referred.size()), {}};
  for (const auto& row : referred) {
    const std::string name = row[0].c_str();
    if (connection.Exec("SELECT 1 FROM " + name + " LIMIT 1").empty()) {
      kept.faults.push_back(name + " is empty");
    }
  }
  checks.insert(checks.end(), {std::move(empty), std::move(started), std::move(kept)});
}

}  // namespace

std::vector<TenantColumn> TenantColumns(const std::vector<fill::BackfillFile>& backfills) {
  std::vector<TenantColumn> columns;
  for (const fill::BackfillFile& file : backfills) {
    for (const fill::Fill& fill : file.fills) {
      for (const fill::Assignment& assignment : fill.set) {
        const auto is_same = [&](const TenantColumn& other) {
          return other.table == fill.table && other.column == assignment.column;
        };
        if (std::none_of(columns.begin(), columns.end(), is_same)) {
          columns.push_back({fill.table, assignment.column});
        }
      }
    }
  }
  return columns;
}

std::vector<Check> ReadReadiness(pg::Connection& connection, const TableList& list,
                                 const std::vector<TenantColumn>& columns,
                                 const std::string& own_schema) {
  const std::vector<TenantTable> tables = FindTables(connection, list, own_schema);
  std::vector<Check> checks;
  CheckColumns(connection, columns, checks);
  Check valid{
      fmt::format("no index and no constraint of theirs is invalid: {} tables", tables.size()), {}};
  for (const auto& row : connection.Exec(kInvalid, {pg::ArrayText(EmptiedOids(tables))})) {
    valid.faults.emplace_back(row[0].c_str());
  }
  checks.push_back(std::move(valid));
  CheckRows(connection, tables, checks);
  return checks;
}

}  // namespace rung::reset
