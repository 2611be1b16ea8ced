// What a session of this server is at: whom it waits for, and how far its long statement is. Reads
// the server's own views, so it needs a connection beside the one that works.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/event.h"
#include "pg/connection.h"

namespace rung::pg {

// The sessions that this one waits for, longest transaction first; empty where it waits for none.
// Of another role's sessions the server tells no more than their number.
// Tx:     none; reads.
std::vector<core::Blocker> ReadBlockers(Connection& connection, int pid);

// "pid 4711 (nightly report, user app, idle in transaction since 2026-08-01 03:00:11+00: SELECT 1)"
std::string Describe(const core::Blocker& blocker);

struct Advance {
  std::string phase;  // "building index: scanning table"
  std::string unit;   // "blocks"
  int64_t done = 0;
  int64_t total = 0;  // 0: not known
};

// Of CREATE INDEX, VACUUM, CLUSTER, ANALYZE, COPY; nullopt for all other statements.
// Tx:     none; reads.
std::optional<Advance> ReadAdvance(Connection& connection, int pid);

// The session of this application that runs this statement, where there is exactly one: behind a
// pooler nothing else tells. nullopt where there is none or more.
// Tx:     none; reads.
std::optional<int> FindSession(Connection& connection, const std::string& application,
                               const std::string& statement);

// A session that still runs this statement although the rung that sent it is gone.
// Tx:     none; reads.
std::optional<int> FindOrphan(Connection& connection, const std::string& statement);

}  // namespace rung::pg
