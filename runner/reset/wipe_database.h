// Empties the tables of a plan, in one transaction, or does nothing. Whether it may is for its caller to
// have asked.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>

#include "core/actor.h"
#include "core/event.h"
#include "pg/connection.h"
#include "pg/own_schema.h"
#include "reset/backup.h"
#include "reset/wipe_plan.h"

namespace rung::reset {

struct WipeOrder {
  const TableList& list;
  const WipePlan& plan;          // as it was shown to whoever has confirmed it
  std::optional<Backup> backup;  // taken after the plan was read
  std::string reference;         // of the project, for the record
  std::chrono::milliseconds lock_timeout{std::chrono::seconds(3)};
  std::chrono::milliseconds lock_patience{std::chrono::minutes(5)};
};

// Locks all tables, reads the plan again, truncates without CASCADE, looks that every listed table is
// empty, every sequence at its start and every other table as it was, records it, commits.
// Tx:     opens and commits its own; a lock that does not come within the timeout gives the others back,
//         and is tried again until patience ends. Needs rung's own tables, and the run lock.
// Errors: core::Error: kFailed: the plan no longer holds, or a check fails; kBusy: no lock; kInterrupted;
//         nothing is emptied then. ServerError, ConnectionLost.
void WipeDatabase(pg::Connection& connection, const pg::OwnSchema& schema, const core::Actor& actor,
                  const WipeOrder& order, core::EventSink& events, const std::stop_token& stop);

}  // namespace rung::reset
