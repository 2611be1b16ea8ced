// Runs pending files for real, in one transaction that is always rolled back.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "migrate/apply.h"
#include "migrate/migration_plan.h"

namespace rung::migrate {

// A statement that the server has accepted.
struct RehearsedStatement {
  const Migration* migration = nullptr;
  size_t statement = 0;
  std::chrono::milliseconds took{0};
};

struct Rehearsal {
  std::vector<RehearsedStatement> statements;  // in the order in which they ran
  size_t files = 0;                            // that pass
  std::optional<core::Problem> problem;        // of the file that fails, and ends it
  const Migration* stopped_before = nullptr;   // a file that cannot be rehearsed, and ends it
  std::string why_stopped;
};

// Stops at the first file that fails, or that cannot be rolled back as a whole: one with statements
// outside of a transaction, with several transactions, half done, or with a statement that acts
// outside of the transaction. Between files the session is cleaned and deferred constraints are
// checked, as at a commit.
// Tx:     opens its own and rolls it back, whatever happens. Locks are held until then.
// Errors: core::Error: kInterrupted; the run lock lost; kFailed: a file has ended the transaction
//         all the same. ConnectionLost: the server rolls back by itself.
Rehearsal Rehearse(const ApplyContext& context, const std::vector<PendingMigration>& pending);

}  // namespace rung::migrate
