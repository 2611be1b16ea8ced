// What does not keep a fill from running, but is better known before: what else each of its rows
// sets off, and what makes it cost more. Reads catalogs only; what it finds may be gone a moment later.
#pragma once

#include <string>
#include <vector>

#include "fill/backfill_file.h"
#include "fill/relation.h"
#include "pg/connection.h"

namespace rung::fill {

struct Danger {
  std::string kind;  // "trigger", "publication" …: docs/formats.md has all
  std::string text;  // "trigger touch fires: BEFORE UPDATE, each row"
};

// Of the fill's own tables: triggers, publications, foreign keys and indexes on the target, missing
// statistics.
// Tx:     reads only.
std::vector<Danger> ReadDangers(pg::Connection& connection, const Fill& fill,
                                const std::vector<Relation>& relations);

// Of the database as a whole: logical slots, and whoever holds an old snapshot.
// Tx:     reads only.
std::vector<Danger> ReadDatabaseDangers(pg::Connection& connection);

}  // namespace rung::fill
