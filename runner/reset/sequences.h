// The sequences that belong to columns of tables, and where they stand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pg/connection.h"

namespace rung::reset {

struct Sequence {
  std::string name;  // with schema, quoted where it must be
  int64_t first = 1;
  int64_t next = 1;  // what the next row gets

  bool IsAtStart() const { return next == first; }
};

// Tx:     in the caller's transaction; reads.
std::vector<Sequence> ReadSequences(pg::Connection& connection,
                                    const std::vector<std::string>& table_oids);

}  // namespace rung::reset
