#include "reset/kept_rows.h"

#include <fmt/format.h>

namespace rung::reset {
namespace {

constexpr const char* kTables = R"(
SELECT format('%I.%I', n.nspname, c.relname), n.nspname
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND NOT c.oid = ANY ($1::oid[])
  AND n.nspname <> $2 AND n.nspname <> 'information_schema' AND NOT starts_with(n.nspname, 'pg_')
  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')
  AND NOT (c.relrowsecurity AND row_security_active(c.oid))
ORDER BY 1)";

// A sum, so that the order does not matter and equal rows count each.
constexpr const char* kRows =
    "SELECT count(*), coalesce(sum(hashtextextended(rung_row::text, 0)::numeric), 0) "
    "FROM ONLY {} AS rung_row";

}  // namespace

std::vector<KeptTable> ReadKeptTables(pg::Connection& connection,
                                      const std::vector<std::string>& emptied_oids,
                                      const std::string& own_schema) {
  std::vector<KeptTable> kept;
  for (const auto& table : connection.Exec(kTables, {pg::ArrayText(emptied_oids), own_schema})) {
    const std::string name = table[0].c_str();
    const pqxx::result rows = connection.Exec(fmt::format(kRows, name));
    kept.push_back({name, table[1].c_str(), rows[0][0].as<int64_t>(), rows[0][1].c_str()});
  }
  return kept;
}

}  // namespace rung::reset
