#include "fill/unique_source.h"

#include <fmt/format.h>

#include <optional>

#include "core/error.h"
#include "fill/fill_sql.h"
#include "fill/relation.h"
#include "sql/conjuncts.h"

namespace rung::fill {
namespace {

// An index over some of the columns $2 of the source $1 that are compared with the columns $4 of the
// filled table $3 in the index's own sense of equality. It says nothing of inheritance children.
constexpr const char* kUniqueIndex = R"(
WITH equated AS (
  SELECT s.attnum, s.atttypid, s.attcollation, o.atttypid AS other_type
  FROM unnest($2::text[], $4::text[]) AS pair(source_name, own_name)
  JOIN pg_attribute s ON s.attrelid = to_regclass($1) AND s.attname = pair.source_name
  JOIN pg_attribute o ON o.attrelid = to_regclass($3) AND o.attname = pair.own_name
)
SELECT FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid
  AND i.indpred IS NULL AND i.indexprs IS NULL
  AND (c.relkind = 'p' OR NOT EXISTS (SELECT FROM pg_inherits WHERE inhparent = c.oid))
  AND NOT EXISTS (
    SELECT FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, position)
    WHERE NOT EXISTS (
      SELECT FROM equated e
      WHERE e.attnum = k.attnum AND e.attcollation = i.indcollation[k.position - 1]
        AND (e.atttypid = e.other_type OR EXISTS (
          SELECT FROM pg_amop m JOIN pg_opclass o ON o.opcfamily = m.amopfamily
          WHERE o.oid = i.indclass[k.position - 1] AND m.amopstrategy = 3
            AND m.amoplefttype = e.atttypid AND m.amoprighttype = e.other_type))))
LIMIT 1)";

core::Error Refused(const Fill& fill, std::string what, std::string next) {
  return core::Error(core::Failure::kFailed,
                     core::Problem{fill.place, fmt::format("{}: {}", fill.table, what), {}},
                     "nothing of this backfill was run", std::move(next));
}

bool HasUniqueIndex(pg::Connection& connection, const Fill& fill, const SourceMatch& match) {
  std::vector<std::string> source;
  std::vector<std::string> own;
  for (const auto& [of_source, of_own] : match.columns) {
    source.push_back(of_source);
    own.push_back(of_own);
  }
  return !connection
              .Exec(kUniqueIndex,
                    {fill.from->text, pg::ArrayText(source), fill.table, pg::ArrayText(own)})
              .empty();
}

struct Repeated {
  std::string key;  // "A-1, west"
  int64_t rows = 0;
};

// A key that several rows of the source have; NULL is equal to nothing.
std::optional<Repeated> FindRepeatedKey(pg::Connection& connection, const Fill& fill,
                                        const SourceMatch& match) {
  std::vector<std::string> conditions = match.filters;
  for (const std::string& key : match.keys)
    conditions.push_back(fmt::format("{} IS NOT NULL", key));
  std::string sql = fmt::format(
      "SELECT {}, count(*) FROM {}",
      match.keys.empty() ? "''" : fmt::format("concat_ws(', ', {})", fmt::join(match.keys, ", ")),
      fill.from->text);
  if (!conditions.empty()) sql += fmt::format(" WHERE ({})", fmt::join(conditions, ") AND ("));
  if (!match.keys.empty()) sql += fmt::format(" GROUP BY {}", fmt::join(match.keys, ", "));
  const pqxx::result rows = connection.Exec(sql + " HAVING count(*) > 1 LIMIT 1");
  if (rows.empty()) return std::nullopt;
  return Repeated{rows[0][0].as<std::string>(), rows[0][1].as<int64_t>()};
}

// A row of the filled table that several rows of the source match, by its columns in `match`.
std::optional<Repeated> FindRowWithSeveral(pg::Connection& connection, const Fill& fill) {
  std::vector<std::string> own;
  for (const std::string& column : ParentKeyColumns(fill)) {
    own.push_back(fmt::format("{}.{}", kAlias, pg::QuoteName(column)));
  }
  const pqxx::result rows = connection.Exec(fmt::format(
      "SELECT min({}), count(*) FROM {} AS {}, {} WHERE {}{} GROUP BY {}.tableoid, {}.ctid "
      "HAVING count(*) > 1 LIMIT 1",
      own.empty() ? "''" : fmt::format("concat_ws(', ', {})", fmt::join(own, ", ")), fill.table,
      kAlias, fill.from->text, fill.match->text, fill.where ? " AND " + fill.where->text : "",
      kAlias, kAlias));
  if (rows.empty()) return std::nullopt;
  return Repeated{rows[0][0].as<std::string>(), rows[0][1].as<int64_t>()};
}

void RequireUnique(pg::Connection& connection, const Fill& fill) {
  const SourceMatch match = ReadMatch(fill);
  if (HasUniqueIndex(connection, fill, match)) return;
  const std::string& source = fill.from->text;
  const auto repeated = FindRepeatedKey(connection, fill, match);
  if (!repeated) return;
  if (!match.is_whole) {
    const auto row = FindRowWithSeveral(connection, fill);
    if (!row) return;
    throw Refused(fill,
                  fmt::format("{} rows of {} match the same row ({} = {}): the value could be any "
                              "of theirs",
                              row->rows, source, fmt::join(ParentKeyColumns(fill), ", "), row->key),
                  fmt::format("narrow `match` down to one row of {}", source));
  }
  if (match.keys.empty()) {
    throw Refused(fill,
                  fmt::format("{} rows of {} match every row: the value could be any of theirs",
                              repeated->rows, source),
                  fmt::format("narrow `match` down to one row of {}", source));
  }
  throw Refused(
      fill,
      fmt::format("{} rows of {} have the same {} ({}): the value could be any of theirs",
                  repeated->rows, source, fmt::join(match.keys, ", "), repeated->key),
      "remove the duplicates, narrow `match` down to one row, or fill from a view that has one "
      "row for each");
}

}  // namespace

SourceMatch ReadMatch(const Fill& fill) {
  const std::string& source = fill.from->alias;
  SourceMatch match;
  for (const sql::Conjunct& conjunct : sql::SplitCondition(fill.match->text, kAlias)) {
    const sql::Operand& whole = conjunct.whole;
    if (!whole.is_opaque && !whole.Reads("")) {
      if (whole.Reads(source)) match.filters.push_back(whole.text);
      continue;
    }
    if (!whole.is_opaque && !whole.Reads(source)) continue;  // of the filled table's rows only
    if (!conjunct.equated || whole.is_opaque) {
      match.is_whole = false;
      continue;
    }
    auto [of_source, of_own] = *conjunct.equated;
    if (of_own.Reads(source)) std::swap(of_source, of_own);
    if (of_source.Reads("") || of_own.Reads(source)) {
      match.is_whole = false;
      continue;
    }
    match.keys.push_back(of_source.text);
    if (of_source.is_column && of_own.is_column) {
      match.columns.emplace_back(of_source.columns[0].column, of_own.columns[0].column);
    }
  }
  return match;
}

void RequireUniqueSource(pg::Connection& connection, const Fill& fill) {
  if (!fill.from) return;
  try {
    RequireUnique(connection, fill);
  } catch (const pg::ServerError& error) {
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{fill.place, fmt::format("{}: {}", fill.table, error.what()), error.Details()},
        "nothing of this backfill was run",
        NextAfterRefusal(error, "correct the file and run it again"));
  }
}

}  // namespace rung::fill
