// What else is about the tables and worth a look before they are emptied: triggers that fire on TRUNCATE,
// publications that pass it on, sessions that are at work.
#pragma once

#include <string>
#include <vector>

#include "pg/connection.h"

namespace rung::reset {

struct Surroundings {
  std::vector<std::string> triggers;      // "public.users: audit_truncate"
  std::vector<std::string> publications;  // "supabase_realtime: public.calls"
  std::vector<std::string> sessions;      // "2 of backend (user app): active"
};

// Tx:     in the caller's transaction; reads. Of other roles' sessions the server tells only that they
//         are there.
Surroundings ReadSurroundings(pg::Connection& connection,
                              const std::vector<std::string>& emptied_oids);

// The sessions that hold a lock on one of the tables: "pid 4711 (backend, user app, active since …: …)".
// Tx:     none; reads.
std::vector<std::string> ReadLockHolders(pg::Connection& connection,
                                         const std::vector<std::string>& oids);

}  // namespace rung::reset
