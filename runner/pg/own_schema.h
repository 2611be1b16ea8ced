// The schema that holds rung's own tables, and the steps that create and upgrade them: a small
// ladder of its own. Each table's SQL stays with the room that owns it.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "pg/connection.h"

namespace rung::pg {

class OwnSchema {
 public:
  explicit OwnSchema(std::string name) : name_(std::move(name)) {}

  const std::string& name() const { return name_; }

  // The SQL with every `{rung}` replaced by the quoted schema.
  std::string In(std::string_view sql) const;

 private:
  std::string name_;
};

// One statement towards the tables as this version knows them. Steps are only ever added.
struct OwnStep {
  std::string_view table;
  int number;  // from 1, per table
  std::string_view sql;
};

// The last step of each table that this database has seen.
// Tx:     none; reads.
// Errors: core::Error (kFailed) where the list of them is no table of rung's.
std::map<std::string, int> ReadOwnSteps(Connection& connection, const OwnSchema& schema);

// Tx:     none; reads.
bool IsUpToDate(Connection& connection, const OwnSchema& schema, std::span<const OwnStep> steps);

// Runs the steps that this database has not seen. Only under the run lock: two creators collide in
// the catalogs in spite of IF NOT EXISTS.
// Tx:     opens and commits its own.
// Errors: ServerError, nothing is kept.
void EnsureOwnTables(Connection& connection, const OwnSchema& schema,
                     std::span<const OwnStep> steps);

// Tx:     none; reads.
bool HasTable(Connection& connection, const OwnSchema& schema, const std::string& table);

}  // namespace rung::pg
