// Takes over a database that already stands where a migration would have brought it.
#pragma once

#include <vector>

#include "core/version.h"
#include "migrate/history.h"
#include "migrate/migration.h"

namespace rung::migrate {

// The files up to this one, lowest first; none where the history has just these already. Pure.
// Shape:  both lists lowest version first.
// Errors: core::Error: kUsage where no file has this number; kFailed where the history is not empty.
std::vector<const Migration*> PlanBaseline(const std::vector<Migration>& migrations,
                                           const std::vector<HistoryRow>& history,
                                           const core::Version& version);

// Has nobody made anything in this database? Rung's own schema, extensions and what a platform
// brings along do not count.
// Tx:     none; reads.
bool IsEmptyDatabase(pg::Connection& connection, const pg::OwnSchema& schema);

// Tx:     opens and commits its own, one for all files. Only under the run lock.
// Errors: ServerError: nothing is changed.
void RecordBaseline(const HistoryWriter& writer, const std::vector<const Migration*>& migrations);

}  // namespace rung::migrate
