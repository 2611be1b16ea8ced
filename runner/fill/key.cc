#include "fill/key.h"

#include <fmt/format.h>

namespace rung::fill {
namespace {

// What each column of a key is asked for. A domain has the category of its base type.
constexpr const char* kColumns = R"(
a.attname, format_type(a.atttypid, a.atttypmod), ty.typcategory = 'D'
FROM pg_attribute a JOIN pg_type ty ON ty.oid = a.atttypid)";

// A chunk is cut with ORDER BY in the columns' own collation and the type's default order, so an
// index in another one would be read whole, sorted, for every chunk.
constexpr const char* kKey = R"(
SELECT {}
JOIN (SELECT i.indexrelid, i.indrelid, k.attnum, k.position
      FROM (SELECT i.* FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
              JOIN pg_am am ON am.oid = ic.relam AND am.amname = 'btree'
            WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL
              AND (0 = ALL (i.indoption::int2[]) OR 3 = ALL (i.indoption::int2[]))
              AND NOT EXISTS (
                SELECT FROM unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, position)
                JOIN pg_attribute ka ON ka.attrelid = i.indrelid AND ka.attnum = k.attnum
                JOIN pg_opclass o ON o.oid = i.indclass[k.position - 1]
                WHERE NOT ka.attnotnull OR ka.attcollation <> i.indcollation[k.position - 1]
                   OR NOT o.opcdefault)
            ORDER BY NOT i.indisprimary, i.indnkeyatts, i.indexrelid LIMIT 1) AS i,
           LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, position)) AS key
  ON key.indrelid = a.attrelid AND key.attnum = a.attnum
ORDER BY key.position)";

constexpr const char* kNamed = R"(
SELECT {}
JOIN unnest($2::text[]) WITH ORDINALITY AS key(name, position) ON key.name = a.attname
WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY key.position)";

constexpr const char* kNullable = R"(
SELECT attname FROM pg_attribute
WHERE attrelid = $1::oid AND attname = ANY ($2::text[]) AND attnum > 0 AND NOT attnotnull
ORDER BY attnum LIMIT 1)";

constexpr const char* kIsUnique = R"(
SELECT FROM pg_index i
WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
  AND i.indpred IS NULL AND i.indexprs IS NULL
  AND NOT EXISTS (
    SELECT FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)
    JOIN pg_attribute ka ON ka.attrelid = i.indrelid AND ka.attnum = k.attnum
    WHERE ka.attname <> ALL ($2::text[]))
LIMIT 1)";

constexpr const char* kIsScattered = R"(
SELECT CASE WHEN s.correlation IS NOT NULL THEN abs(s.correlation) < 0.5
            ELSE ty.typcategory NOT IN ('N', 'D') END
FROM unnest($2::text[]) WITH ORDINALITY AS key(name, position)
JOIN pg_attribute a ON a.attrelid = $1::oid AND a.attname = key.name
JOIN pg_type ty ON ty.oid = a.atttypid
JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
                        AND s.attname = a.attname AND NOT s.inherited
ORDER BY s.n_distinct IS NOT DISTINCT FROM 1, key.position LIMIT 1)";

std::vector<KeyColumn> ColumnsOf(const pqxx::result& rows) {
  std::vector<KeyColumn> key;
  for (const auto& row : rows) {
    key.push_back({row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<bool>()});
  }
  return key;
}

}  // namespace

std::vector<KeyColumn> FindKey(pg::Connection& connection, const std::string& oid) {
  return ColumnsOf(connection.Exec(fmt::format(kKey, kColumns), {oid}));
}

std::vector<KeyColumn> ReadKeyColumns(pg::Connection& connection, const std::string& oid,
                                      const std::vector<std::string>& names) {
  return ColumnsOf(connection.Exec(fmt::format(kNamed, kColumns), {oid, pg::ArrayText(names)}));
}

std::string FaultOfKey(pg::Connection& connection, const std::string& oid,
                       const std::vector<std::string>& names) {
  const pqxx::result nullable = connection.Exec(kNullable, {oid, pg::ArrayText(names)});
  if (!nullable.empty()) {
    return fmt::format("column {} of its `key` may be NULL", nullable[0][0].as<std::string>());
  }
  if (!connection.Exec(kIsUnique, {oid, pg::ArrayText(names)}).empty()) return "";
  return fmt::format("no unique index covers its `key` ({})", fmt::join(names, ", "));
}

bool IsScattered(pg::Connection& connection, const std::string& oid,
                 const std::vector<KeyColumn>& key) {
  std::vector<std::string> names;
  for (const KeyColumn& column : key) names.push_back(column.name);
  const pqxx::result rows = connection.Exec(kIsScattered, {oid, pg::ArrayText(names)});
  return !rows.empty() && rows[0][0].as<bool>();
}

}  // namespace rung::fill
