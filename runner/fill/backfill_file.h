// One numbered TOML file: the fills of a backfill, read and checked as far as that is possible
// without a database. Does not know how a fill is carried out or reported.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/version.h"
#include "sql/expression.h"

namespace rung::fill {

// Which alias the filled table has in every expression.
inline constexpr const char* kAlias = "t";

// What is 'on' in the batches of a fill with triggers = "guarded", for triggers that look at it.
inline constexpr const char* kGuardVariable = "rung.backfill";

struct Assignment {
  std::string column;
  sql::Expression value;
};

// One table to be filled; a [[fill]] with several `tables` is several of these.
struct Fill {
  std::string table;  // as written
  std::optional<sql::TableName> from;
  std::optional<sql::Expression> match;  // with `from`
  std::optional<sql::Expression> where;  // over the filled table's own columns
  std::vector<Assignment> set;
  bool once = false;       // the update does not extinguish its predicate: visit each key once
  bool by_key = false;     // sweep = "key"
  bool guard = false;      // triggers keep the columns right while the application writes
  bool overwrite = false;  // write over values that differ from the source; never in a file
  std::vector<std::string> key;  // of the key sweep, in its order; empty: rung finds one
  bool guards_triggers = false;  // triggers = "guarded": the batches set kGuardVariable
  std::string place;             // "backfills/024_clerk_org_id.toml:12"
};

struct BackfillFile {
  core::Version version;
  std::string name;
  std::string path;
  std::string checksum;  // SHA-256 of the bytes
  std::string description;
  std::vector<Fill> fills;

  // "024_clerk_org_id"
  std::string Label() const { return version.text() + "_" + name; }
};

// Reads all backfills of a directory, lowest number first; none if the directory holds none.
// Errors: core::Error (kUsage) naming file and line: see files::ReadNumberedFiles; not TOML; an
// unknown,
//         missing or contradictory key; an expression that is not SQL or reads a table that is
//         neither the filled one nor `from`.
std::vector<BackfillFile> ReadBackfillFiles(const std::filesystem::path& directory);

}  // namespace rung::fill
