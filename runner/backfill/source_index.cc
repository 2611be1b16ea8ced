#include "backfill/source_index.h"

#include <fmt/format.h>

#include <vector>

#include "fill/unique_source.h"

namespace rung::backfill {
namespace {

constexpr const char* kIsSource = R"(
SELECT c.relkind IN ('r', 'p', 'm'),
       to_regclass($2) = c.oid
         OR to_regclass($2) IN (SELECT relid FROM pg_partition_tree(c.oid) UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = c.oid)
FROM pg_class c WHERE c.oid = to_regclass($1))";

// An index of the source that begins with one of these columns.
constexpr const char* kIndex = R"(
SELECT i.indexrelid::regclass::text
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
WHERE i.indrelid = to_regclass($1) AND i.indisvalid AND i.indpred IS NULL
  AND a.attname = ANY ($2::text[])
ORDER BY 1 LIMIT 1)";

constexpr const char* kNeverAnalyzed = R"(
SELECT name FROM unnest($1::text[]) WITH ORDINALITY AS own(name, position)
JOIN pg_class c ON c.oid = to_regclass(name) JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = n.nspname AND s.tablename = c.relname)
ORDER BY position)";

// What an index would be over: a column alone by its name, anything else as an expression.
std::vector<std::string> IndexTerms(const fill::Fill& fill, const fill::SourceMatch& match) {
  std::vector<std::string> terms;
  for (const auto& [of_source, of_own] : match.columns) terms.push_back(of_source);
  if (terms.size() == match.keys.size()) return terms;
  terms.clear();
  const std::string qualifier = fill.from->alias + ".";
  for (const std::string& key : match.keys) {
    std::string term = key;
    for (size_t at = term.find(qualifier); at != std::string::npos; at = term.find(qualifier, at)) {
      term.erase(at, qualifier.size());
    }
    terms.push_back(fmt::format("({})", term));
  }
  return terms;
}

}  // namespace

std::string NextForSource(pg::Connection& connection, const fill::Fill& fill,
                          const std::string& table) {
  const std::string otherwise = fmt::format(
      "have an index of {} serve the fill, or fill from a table that is made for it", table);
  if (!fill.from) return otherwise;
  const pqxx::result source = connection.Exec(kIsSource, {fill.from->text, table});
  if (source.empty() || !source[0][0].as<bool>() || !source[0][1].as<bool>()) return otherwise;

  const fill::SourceMatch match = fill::ReadMatch(fill);
  if (match.keys.empty()) {
    return fmt::format("give `match` an equation with a column of {}, which an index can serve",
                       fill.from->text);
  }
  std::vector<std::string> columns;
  for (const auto& [of_source, of_own] : match.columns) columns.push_back(of_source);
  const pqxx::result index = connection.Exec(kIndex, {fill.from->text, pg::ArrayText(columns)});
  if (!index.empty()) {
    std::vector<std::string> analyze;
    for (const auto& row :
         connection.Exec(kNeverAnalyzed, {pg::ArrayText({fill.from->text, fill.table})})) {
      analyze.push_back(row[0].as<std::string>());
    }
    if (!analyze.empty()) {
      return fmt::format("ANALYZE {}, then run it again", fmt::join(analyze, ", "));
    }
    return fmt::format(
        "compare values of one type and collation in `match`: {} cannot serve it "
        "as it is",
        index[0][0].as<std::string>());
  }
  return fmt::format("CREATE INDEX CONCURRENTLY ON {} ({}), then run it again", fill.from->text,
                     fmt::join(IndexTerms(fill, match), ", "));
}

}  // namespace rung::backfill
