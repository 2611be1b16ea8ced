#include "pg/own_shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "core/error.h"
#include "pg/text_array.h"

namespace rung::pg {
namespace {

struct FoundColumn {
  std::string name;
  std::string type;
  bool must_be_given = false;
};

struct FoundTable {
  std::string kind;  // "view"; "table" where all is well
  bool has_key = false;
  std::vector<FoundColumn> columns;
};

using Found = std::map<std::string, FoundTable, std::less<>>;

constexpr const char* kRead = R"(
SELECT c.relname,
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                      WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table'
                      WHEN 'S' THEN 'sequence' WHEN 'c' THEN 'type' ELSE 'index' END,
       EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary),
       a.attname, format_type(a.atttypid, a.atttypmod),
       a.attnotnull AND NOT a.atthasdef AND a.attidentity = ''
FROM pg_class c LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = to_regnamespace($1) AND c.relname = ANY ($2::text[])
ORDER BY c.relname, a.attnum)";

Found ReadFound(Connection& connection, const OwnSchema& schema, std::span<const OwnTable> tables) {
  Params names;
  for (const OwnTable& table : tables) names.emplace_back(table.name);
  Found found;
  for (const auto& row : connection.Exec(kRead, {QuoteName(schema.name()), TextArray(names)})) {
    FoundTable& table = found[row[0].as<std::string>()];
    table.kind = row[1].as<std::string>();
    table.has_key = row[2].as<bool>();
    if (row[3].is_null()) continue;
    table.columns.push_back(
        {row[3].as<std::string>(), row[4].as<std::string>(), row[5].as<bool>()});
  }
  return found;
}

void CompareColumns(const OwnTable& expected, int done, const FoundTable& found,
                    std::vector<std::string>& faults) {
  for (const OwnColumn& column : expected.columns) {
    const auto at = std::find_if(found.columns.begin(), found.columns.end(),
                                 [&](const auto& known) { return known.name == column.name; });
    if (at == found.columns.end()) {
      if (column.step <= done) faults.push_back(fmt::format("its column {} is gone", column.name));
    } else if (at->type != column.type) {
      faults.push_back(
          fmt::format("its column {} is of type {}, not {}", column.name, at->type, column.type));
    }
  }
  for (const FoundColumn& column : found.columns) {
    const bool is_own = std::any_of(expected.columns.begin(), expected.columns.end(),
                                    [&](const auto& own) { return own.name == column.name; });
    if (!is_own && column.must_be_given) {
      faults.push_back(fmt::format("its column {} is not of rung, and NOT NULL", column.name));
    }
  }
}

std::vector<std::string> FaultsOf(const OwnTable& expected, int done, const Found& found,
                                  const std::string& steps) {
  const auto at = found.find(expected.name);
  if (at == found.end()) {
    if (done == 0) return {};
    return {fmt::format("is gone, and {} says that rung has made it", steps)};
  }
  if (done == 0) return {fmt::format("is there, and {} does not say that rung has made it", steps)};
  if (at->second.kind != "table") {
    return {fmt::format("is a {}, where a table of rung's own has to be", at->second.kind)};
  }
  std::vector<std::string> faults;
  if (!at->second.has_key) faults.emplace_back("has no primary key");
  CompareColumns(expected, done, at->second, faults);
  return faults;
}

}  // namespace

std::map<std::string, int> RequireOwnShape(Connection& connection, const OwnSchema& schema,
                                           std::span<const OwnTable> tables) {
  const std::string steps = schema.name() + ".own_step";
  std::map<std::string, int> done;
  std::vector<core::Problem> problems;
  // Another run may make or upgrade the tables between the two looks: then the second try is right.
  for (int look = 0; look < 2; ++look) {
    const Found found = ReadFound(connection, schema, tables);
    done = ReadOwnSteps(connection, schema);
    problems.clear();
    for (const OwnTable& table : tables) {
      const int step = done[std::string(table.name)];
      if (step > table.steps) {
        throw core::Error(
            core::Failure::kFailed,
            core::Problem{fmt::format("{}.{}", schema.name(), table.name),
                          "a newer rung has made it, with columns that this one does not know",
                          {}},
            "nothing was changed", "run the newer rung");
      }
      for (std::string& fault : FaultsOf(table, step, found, steps)) {
        problems.push_back({fmt::format("{}.{}", schema.name(), table.name), std::move(fault), {}});
      }
    }
    if (problems.empty()) return done;
  }
  throw core::Error(core::Failure::kFailed, std::move(problems), "nothing was changed",
                    "bring rung's own tables back as they were, from a backup");
}

}  // namespace rung::pg
