#include "integration/fingerprint.h"

namespace rung::test {
namespace {

constexpr const char* kCatalogs = R"(
SELECT md5(string_agg(entry, ' ' ORDER BY entry)) FROM (
  SELECT 'namespace ' || nspname || xmin AS entry FROM pg_namespace
  WHERE nspname NOT LIKE 'pg\_%temp%'
  UNION ALL
  SELECT 'relation ' || c.oid || ' ' || coalesce(pg_relation_filenode(c.oid), 0) || ' ' ||
         concat_ws(' ', c.xmin, i.xmin, i.indisvalid)
  FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid
  UNION ALL SELECT 'column ' || attrelid || ' ' || attnum || ' ' || xmin FROM pg_attribute
  UNION ALL SELECT 'constraint ' || oid || ' ' || xmin FROM pg_constraint
  UNION ALL SELECT 'function ' || oid || ' ' || xmin FROM pg_proc
  UNION ALL SELECT 'type ' || oid || ' ' || xmin FROM pg_type
  UNION ALL SELECT 'trigger ' || oid || ' ' || xmin FROM pg_trigger
  UNION ALL SELECT 'policy ' || oid || ' ' || xmin FROM pg_policy
  UNION ALL SELECT 'setting ' || setrole || ' ' || xmin FROM pg_db_role_setting
  WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
) AS entries)";

// query_to_xml runs a query for each table in one statement.
constexpr const char* kRows = R"(
SELECT coalesce(md5(string_agg(name || rows, ' ' ORDER BY name)), 'no tables') FROM (
  SELECT c.oid::regclass::text AS name,
         query_to_xml(format('SELECT xmin, ctid, t::text FROM ONLY %s AS t ORDER BY ctid', c.oid::regclass),
                      true, false, '')::text AS rows
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'm') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
) AS tables)";

}  // namespace

std::string Fingerprint(TestDatabase& database) {
  database.Query("SET lock_timeout = '10s'");  // behind a run that still holds its locks
  return database.Value(kRows) + " " + database.Value(kCatalogs);
}

}  // namespace rung::test
