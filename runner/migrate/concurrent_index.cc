#include "migrate/concurrent_index.h"

#include "pg/text_array.h"

namespace rung::migrate {
namespace {

// An index lives in its table's schema, whatever the statement's search path.
constexpr const char* kBuilt = R"(
SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid,
       (SELECT max(age(a.xmin)) FROM pg_attribute a WHERE a.attrelid = c.oid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.indrelid = to_regclass($1) AND c.relkind = 'i' AND CASE
  WHEN $2 <> '' THEN c.relname = $2
  ELSE c.relname ~ '_idx[0-9]*$' AND NOT i.indisprimary AND $3::text[] =
    (SELECT array_agg(coalesce(a.attname::text, '') ORDER BY k.at)
     FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(attnum, at)
     LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
     WHERE k.at <= i.indnkeyatts)
  END
ORDER BY 1)";

// Of a table with its partitions and its TOAST table, of an index's table, of a schema, or of all.
constexpr const char* kReindexLeftovers = R"(
SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid, 0
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class owner ON owner.reltoastrelid = i.indrelid
JOIN LATERAL (SELECT coalesce(owner.oid, i.indrelid) AS oid) t ON true
WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname ~ '_cc(new|old)[0-9]*$' AND CASE
  WHEN $1 <> '' THEN t.oid = to_regclass($1)
                     OR t.oid IN (SELECT relid FROM pg_partition_tree(to_regclass($1)))
  WHEN $2 <> '' THEN t.oid = (SELECT indrelid FROM pg_index WHERE indexrelid = to_regclass($2))
  WHEN $3 <> '' THEN $3 = (SELECT nspname FROM pg_class r JOIN pg_namespace s ON s.oid = r.relnamespace
                           WHERE r.oid = t.oid)
  ELSE true
  END
ORDER BY 1)";

std::string AsName(const sql::ObjectName& object) {
  return object.name.empty() ? "" : pg::QuoteName(object.schema, object.name);
}

std::vector<FoundIndex> AsIndexes(const pqxx::result& rows) {
  std::vector<FoundIndex> found;
  for (const auto& row : rows) {
    found.push_back({row[0].as<std::string>(), row[1].as<bool>(), row[2].as<int64_t>(0)});
  }
  return found;
}

}  // namespace

std::vector<FoundIndex> FindBuiltIndexes(pg::Connection& connection,
                                         const sql::BareStatement& create) {
  return AsIndexes(
      connection.Exec(kBuilt, {AsName(create.table), create.index.name,
                               pg::TextArray({create.columns.begin(), create.columns.end()})}));
}

std::vector<FoundIndex> FindReindexLeftovers(pg::Connection& connection,
                                             const sql::BareStatement& reindex) {
  return AsIndexes(connection.Exec(
      kReindexLeftovers, {AsName(reindex.table), AsName(reindex.index), reindex.reindexed_schema}));
}

bool HasIndex(pg::Connection& connection, const sql::ObjectName& index) {
  return !connection.Exec("SELECT to_regclass($1)", {AsName(index)})[0][0].is_null();
}

void DropIndex(pg::Connection& connection, const FoundIndex& index) {
  connection.Exec("DROP INDEX CONCURRENTLY " + index.name);
}

}  // namespace rung::migrate
