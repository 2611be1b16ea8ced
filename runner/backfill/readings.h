// What the server tells about how it fares: one look, in one statement, with nothing but SQL. Does
// not judge.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "pg/connection.h"

namespace rung::backfill {

// What the role may not see is nullopt.
struct Readings {
  std::chrono::seconds time_of_day{0};                    // by the server's clock and time zone
  int64_t wal_position = 0;                               // bytes
  std::optional<int64_t> sessions_blocked;                // by this application's sessions
  std::optional<std::chrono::milliseconds> replica_lag;   // of the replica furthest behind
  std::optional<int64_t> slot_lag;                        // bytes; of slots that are read from
  std::optional<std::chrono::milliseconds> snapshot_age;  // that keeps dead rows in this database
  std::optional<bool> autovacuum_runs;                    // on one of the tables
  int dead_percent = 0;     // of the table with the greatest share, where it is worth a vacuum
  std::string dead_table;   // that one
  bool may_vacuum = false;  // it, by this role
};

// Shape:  tables is an oid[] literal.
// Tx:     none; reads.
Readings ReadServer(pg::Connection& connection, const std::string& tables);

}  // namespace rung::backfill
