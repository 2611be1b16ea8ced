// Guards on the server: installing those that a backfill asks for, telling which there are, and taking
// them away again. What they do is said in guard_sql.h.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "backfill/run_context.h"
#include "fill/backfill_file.h"
#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::backfill {

struct InstalledGuard {
  std::string name;     // of its function: "guard_024_1"
  std::string trigger;  // "rung_guard_024_1"
  std::string table;    // quoted, with its schema
  std::string shown;    // as people know it: "item"
};

// Those of every backfill, or of one.
// Tx:     none; reads.
std::vector<InstalledGuard> ReadGuards(pg::Connection& connection, const pg::OwnSchema& schema);
std::vector<InstalledGuard> ReadGuards(pg::Connection& connection, const pg::OwnSchema& schema,
                                       const core::Version& version);

// Waits for table locks no longer than a migration does, and tries again as long.
struct GuardRun {
  const pg::OwnSchema& schema;
  const core::Actor& actor;
  core::EventSink& events;
  LockPatience patience;
  std::stop_token stop;
  core::Version version;
  std::string label;
};

// Installs what the file's fills with guard = true lack. Each trigger in a transaction of its own with
// the event of it; killed in between, the next run installs the rest.
// Errors: core::Error (kFailed) at the fill's place: no lock within the patience, no right, a source that
//         can have no triggers. kInterrupted.
void InstallGuards(pg::Connection& connection, const GuardRun& run, const fill::BackfillFile& file);

// Takes away all of this backfill, and tells how many.
// Errors: as above.
int RemoveGuards(pg::Connection& connection, const GuardRun& run);

}  // namespace rung::backfill
