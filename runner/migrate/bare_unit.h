// A statement outside of a transaction: record, statement, record, and what is done about an
// earlier try whose end nobody wrote down.
#pragma once

#include "migrate/file_run.h"

namespace rung::migrate {

// Tx:     none of its own around the statement; its records have theirs.
// Errors: StatementFailed, ServerError, ConnectionLost; core::Error: interrupted, the run lock lost,
//         an earlier try of which only a person can tell what it came to.
void RunBare(FileRun& run, const Unit& unit);

}  // namespace rung::migrate
