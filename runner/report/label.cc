#include "report/label.h"

namespace rung::report {
namespace {

// The first of these text columns, in this order.
constexpr const char* kLabel = R"(
SELECT a.attname
FROM pg_attribute a
JOIN unnest(ARRAY['name', 'display_name', 'title', 'label', 'email', 'slug']) WITH ORDINALITY
     AS known(name, rank) ON known.name = a.attname
WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped
  AND a.atttypid IN ('text'::regtype, 'varchar'::regtype)
ORDER BY known.rank LIMIT 1)";

}  // namespace

std::string FindLabelColumn(pg::Connection& connection, const std::string& table) {
  const pqxx::result rows = connection.Exec(kLabel, {table});
  return rows.empty() ? std::string() : rows[0][0].as<std::string>();
}

}  // namespace rung::report
