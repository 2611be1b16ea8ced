// Owns the table `event`: what was done to this database with rung, by whom, when. Only ever added
// to.
#pragma once

#include <span>
#include <string>

#include "core/actor.h"
#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::pg {

std::span<const OwnStep> AuditSteps();

// Tx:     acts inside the caller's transaction, or commits by itself where there is none.
// Shape:  kind as "migration applied", subject as "024_add_clerk_org_id", detail in words.
void RecordEvent(Connection& connection, const OwnSchema& schema, const core::Actor& actor,
                 const std::string& kind, const std::string& subject, const std::string& detail);

}  // namespace rung::pg
