// What the commands that write rung's own tables share.
#pragma once

#include <optional>

#include "cli/program.h"
#include "migrate/history.h"
#include "pg/run_lock.h"

namespace rung::cli {

// Waits up to --lock-wait, telling for whom.
void TakeRunLock(Program& program, const pg::Target& target, std::optional<pg::RunLock>& lock);

// Only under the lock, and when the history has been read, which sees that they are what rung made.
// Errors: ServerError: nothing is kept.
void EnsureOwnTables(Program& program, pg::Connection& connection);

migrate::HistoryWriter WriterOf(Program& program, pg::Connection& connection);

}  // namespace rung::cli
