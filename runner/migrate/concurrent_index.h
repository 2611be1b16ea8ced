// Indexes built, rebuilt and dropped CONCURRENTLY: what an interrupted statement left behind.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "pg/connection.h"
#include "sql/bare_statement.h"

namespace rung::migrate {

struct FoundIndex {
  std::string name;  // quoted where it must be, with its schema
  bool is_valid = false;
  int64_t age = 0;  // transactions since it was created
};

// The indexes that a CREATE INDEX CONCURRENTLY may have made, by the search path in force: the one
// of its name; where it has none, those on its columns whose name is like the server's choice.
// Tx:     none; reads.
std::vector<FoundIndex> FindBuiltIndexes(pg::Connection& connection,
                                         const sql::BareStatement& create);

// The INVALID indexes that a REINDEX CONCURRENTLY has left of those it was to rebuild.
// Source: the manual, "REINDEX", "Rebuilding Indexes Concurrently": `_ccnew` and `_ccold`.
// Tx:     none; reads.
std::vector<FoundIndex> FindReindexLeftovers(pg::Connection& connection,
                                             const sql::BareStatement& reindex);

// Tx:     none; reads.
bool HasIndex(pg::Connection& connection, const sql::ObjectName& index);

// Tx:     none: the server keeps the statement out of transactions.
void DropIndex(pg::Connection& connection, const FoundIndex& index);

}  // namespace rung::migrate
