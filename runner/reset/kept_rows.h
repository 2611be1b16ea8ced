// The tables that a fresh start must leave as they are, and a digest of their rows that shows whether it
// has.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pg/connection.h"

namespace rung::reset {

struct KeptTable {
  std::string name;  // with schema, quoted where it must be
  std::string schema;
  int64_t rows = 0;
  std::string digest;  // of all rows, in whichever order

  bool operator==(const KeptTable&) const = default;
};

// Every table with rows of its own beside the emptied ones and rung's, the platform's too as far as the
// role may read them; by name.
// Tx:     needs an open transaction; reads every row. Comparable only under one snapshot.
std::vector<KeptTable> ReadKeptTables(pg::Connection& connection,
                                      const std::vector<std::string>& emptied_oids,
                                      const std::string& own_schema);

}  // namespace rung::reset
