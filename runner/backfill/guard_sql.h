// A guard as SQL: the triggers that keep a fill's columns right while the application writes. One on the
// filled table, which fills what is missing and follows a row to its new parent; one on the source,
// which carries a changed value down. Pure.
#pragma once

#include <optional>
#include <string>

#include "core/version.h"
#include "fill/backfill_file.h"
#include "pg/own_schema.h"

namespace rung::backfill {

// What the statements of a guard are written for.
struct GuardPlace {
  const pg::OwnSchema& schema;
  core::Version version;
  size_t position = 0;  // of the fill in its file
  std::string table;    // the filled table, quoted and with its schema
  std::string
      search_path;  // as SET takes it: the schemas that the fill's own names are looked up in
};

struct Guard {
  std::string name;             // of the function, "guard_024_1": what rung's schema has of it
  std::string trigger;          // "rung_guard_024_1"
  std::string create_function;  // and takes it from PUBLIC
  std::string create_trigger;   // `CREATE TRIGGER … ON `
  std::string create_rest;      // and what stands behind the table
  std::string what;             // "BEFORE INSERT OR UPDATE OF client_id"
};

// "guard_024_": what the names of a backfill's functions begin with.
std::string GuardPrefix(const core::Version& version);

Guard GuardOfTable(const fill::Fill& fill, const GuardPlace& place);

// nullopt for a fill that takes no value from a source.
std::optional<Guard> GuardOfSource(const fill::Fill& fill, const GuardPlace& place);

}  // namespace rung::backfill
