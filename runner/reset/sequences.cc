#include "reset/sequences.h"

#include <fmt/format.h>

namespace rung::reset {
namespace {

constexpr const char* kOwned = R"(
SELECT DISTINCT format('%I.%I', n.nspname, c.relname), s.seqstart, s.seqincrement
FROM pg_depend d
JOIN pg_sequence s ON s.seqrelid = d.objid
JOIN pg_class c ON c.oid = s.seqrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
  AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0 AND d.refobjid = ANY ($1::oid[])
ORDER BY 1)";

}  // namespace

std::vector<Sequence> ReadSequences(pg::Connection& connection,
                                    const std::vector<std::string>& table_oids) {
  std::vector<Sequence> sequences;
  for (const auto& owned : connection.Exec(kOwned, {pg::ArrayText(table_oids)})) {
    const std::string name = owned[0].c_str();
    const pqxx::result state = connection.Exec("SELECT last_value, is_called FROM " + name);
    const auto last = state[0][0].as<int64_t>();
    const int64_t step = state[0][1].as<bool>() ? owned[2].as<int64_t>() : 0;
    sequences.push_back({name, owned[1].as<int64_t>(), last + step});
  }
  return sequences;
}

}  // namespace rung::reset
