// What TRUNCATE … CASCADE would empty beyond a list of tables: whatever refers to one of them, what
// refers to that, and all that is below these. It is never let happen; it is found, to be refused.
#pragma once

#include <string>
#include <vector>

#include "pg/connection.h"

namespace rung::reset {

// One table that goes with another.
struct Pull {
  std::string oid;         // of the table that is pulled along
  std::string name;        // "public.invoice"
  std::string by_oid;      // of the table that pulls
  std::string by_name;     // "public.clients"
  std::string constraint;  // the foreign key; empty for a partition or inheritance child
};

// "public.deep refers to public.audit (deep_audit_fkey), which refers to public.clients (…)", one for
// each table that is reached and not among those that are emptied; the shortest way to it. Pure.
std::vector<std::string> FindCascade(const std::vector<std::string>& emptied_oids,
                                     const std::vector<Pull>& pulls);

// Tx:     in the caller's transaction; reads.
std::vector<Pull> ReadPulls(pg::Connection& connection);

}  // namespace rung::reset
