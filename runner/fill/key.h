// By which columns the key sweep goes through a relation. What it does with them is not known here.
#pragma once

#include <string>
#include <vector>

#include "pg/connection.h"

namespace rung::fill {

struct KeyColumn {
  std::string name;
  std::string type;      // as a cast takes it
  bool is_time = false;  // its text depends on the session's DateStyle and TimeZone
};

// The primary key, else the narrowest unique index over NOT NULL columns, of those whose order is
// the one that `<` and ORDER BY have.
// Shape:  empty where there is none.
// Tx:     reads only.
std::vector<KeyColumn> FindKey(pg::Connection& connection, const std::string& oid);

// These columns, in this order; they exist.
// Tx:     reads only.
std::vector<KeyColumn> ReadKeyColumns(pg::Connection& connection, const std::string& oid,
                                      const std::vector<std::string>& names);

// Why these columns are no key that the catalog vouches for; empty where they are one.
// Tx:     reads only.
std::string FaultOfKey(pg::Connection& connection, const std::string& oid,
                       const std::vector<std::string>& names);

// Do rows that are neighbours by this key lie on pages far from each other? By the statistics of
// its first column that has several values; without any, by its type.
// Tx:     reads only.
bool IsScattered(pg::Connection& connection, const std::string& oid,
                 const std::vector<KeyColumn>& key);

}  // namespace rung::fill
