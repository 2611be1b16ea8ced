// Flow 3: which rows lack their value, and why. Reads only; every number is the server's, counted
// now.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "fill/backfill_file.h"
#include "pg/connection.h"

namespace rung::report {

// One fill's rows. missing = fillable + no_parent_key + no_parent + no_value + set_aside; rows =
// filled + missing.
struct FillCounts {
  std::string table;
  std::string columns;  // that are set, comma separated
  int64_t rows = 0;     // that the fill is about
  int64_t filled = 0;
  int64_t fillable = 0;       // a rerun fills them
  int64_t no_parent_key = 0;  // the row names no parent
  int64_t no_parent = 0;      // the parent it names does not exist
  int64_t no_value = 0;       // the parent, or the expression, has no value
  int64_t mismatches = 0;     // the row has a value, the source has another
  int64_t set_aside = 0;      // the database has refused the row's update

  int64_t missing() const { return fillable + no_parent_key + no_parent + no_value + set_aside; }
};

enum class Reason { kNoParent, kNoValue };

// A parent that keeps rows from being filled, over all fills; of a fill through another filled
// table, the parent at the root of it.
struct Blocker {
  std::string table;  // "clients"
  std::string key;
  std::string name;  // of its label column; empty where there is none
  Reason reason = Reason::kNoValue;
  int64_t rows = 0;
  int tables = 0;  // in how many tables
};

struct BackfillReport {
  std::string backfill;           // "024_clerk_org_id"
  std::vector<FillCounts> fills;  // as in the file; fills with once = true have nothing to count
  std::vector<Blocker> blockers;  // most rows first

  FillCounts Total() const;
};

// By a fill's position in its file: SQL, true for those of its rows `t` that are set aside; none where it
// has none.
using SetAside = std::map<size_t, std::string>;

// Tx:     opens and rolls back its own, one a fill, READ ONLY.
// Errors: core::Error (kFailed) at the fill's place; see fill::ResolveFill,
//         fill::RequireUniqueSource.
BackfillReport ReadReport(pg::Connection& connection, const fill::BackfillFile& file,
                          const SetAside& set_aside);

}  // namespace rung::report
