// A unit that is kept or lost as a whole: begin, statements, record, commit.
#pragma once

#include "migrate/file_run.h"

namespace rung::migrate {

// Tries again while others hold what it needs, within the run's patience.
// Tx:     opens and commits its own.
// Errors: StatementFailed, ServerError (at the commit), ConnectionLost; core::Error: interrupted,
//         the run lock lost, a file that ended the transaction it runs in.
void RunInTransaction(FileRun& run, const Unit& unit);

}  // namespace rung::migrate
