// Owns the table `event`: what was done to this database with rung, by whom, when. Only ever added
// to.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/actor.h"
#include "pg/connection.h"
#include "pg/own_schema.h"
#include "pg/own_shape.h"

namespace rung::pg {

struct AuditEvent {
  std::string kind;                // "migration applied"
  std::string subject;             // "024_add_clerk_org_id"
  std::string detail;              // in words
  std::string version = {};        // of a migration's row in the history; empty: about none
  std::optional<int> statement{};  // of it, from 1
  std::optional<std::chrono::milliseconds> took{};
  std::string data = {};  // JSON: what was there before; empty: nothing was
};

std::span<const OwnStep> AuditSteps();
const OwnTable& AuditTable();

// Tx:     acts inside the caller's transaction, or commits by itself where there is none.
void RecordEvent(Connection& connection, const OwnSchema& schema, const core::Actor& actor,
                 const std::string& kind, const std::string& subject, const std::string& detail);
void RecordEvents(Connection& connection, const OwnSchema& schema, const core::Actor& actor,
                  std::span<const AuditEvent> events);

// The same as a part of another room's statement, so that both take one round trip: the SQL, and
// its parameters, the first kEventParams of that statement.
inline constexpr int kEventParams = 12;
std::string_view InsertEventsSql();
Params EventParams(const core::Actor& actor, std::span<const AuditEvent> events);

struct LastEvent {
  std::string version;
  std::string subject;
  std::string kind;
};

// The last event about each migration.
// Tx:     none; reads. Needs the table as its second step left it.
std::vector<LastEvent> ReadLastEvents(Connection& connection, const OwnSchema& schema);

}  // namespace rung::pg
