// Flow 1: a planned migration from memory to the database.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "core/actor.h"
#include "core/event.h"
#include "migrate/migration_plan.h"
#include "migrate/resume.h"
#include "migrate/statement_watch.h"
#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::migrate {

struct ApplySettings {
  std::chrono::milliseconds lock_timeout{std::chrono::seconds(3)};  // of a transaction's statements
  std::chrono::milliseconds lock_patience{std::chrono::minutes(5)};  // for all tries together
  std::optional<Resume> resume = {};
  bool record_supabase = false;  // keep the table of Supabase's tools in step
};

// What applying needs of the run around it. `require_lock` throws when the run lock is lost;
// `redact` takes the secrets out of what is recorded.
struct ApplyContext {
  pg::Connection& connection;
  bool is_pooled;  // the next transaction may run in another session of the server
  const pg::OwnSchema& schema;
  const core::Actor& actor;
  core::EventSink& events;
  StatementWatch& watch;
  std::stop_token stop;
  std::function<void()> require_lock;
  Redact redact;
  ApplySettings settings;
};

// Runs what is left of the migration, unit by unit, each with its record.
// Tx:     opens and commits its own.
// Errors: core::Error. kFailed: the unit that failed is rolled back, or told to have run outside of
//         a transaction; units before it are kept and recorded. kInterrupted: the same after a stop.
void ApplyMigration(const ApplyContext& context, const PendingMigration& pending);

}  // namespace rung::migrate
