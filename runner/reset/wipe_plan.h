// What emptying the tables of a list would come to on this server, and what forbids it. Reads only.
#pragma once

#include <string>
#include <vector>

#include "pg/connection.h"
#include "reset/kept_rows.h"
#include "reset/sequences.h"
#include "reset/surroundings.h"
#include "reset/tenant_tables.h"

namespace rung::reset {

struct WipePlan {
  std::string system_identifier;  // of the server's cluster
  std::vector<TenantTable> tables;
  std::vector<Sequence> sequences;
  std::vector<KeptTable> kept;
  Surroundings around;

  int64_t Rows() const;
  int64_t Bytes() const;
  bool IsDone() const;  // every table is empty, every sequence at its start
};

// Tx:     opens and rolls back its own, READ ONLY.
// Errors: core::Error (kFailed): see FindTables; a table that is not listed and would be emptied by CASCADE,
//         with its path.
WipePlan ReadWipePlan(pg::Connection& connection, const TableList& list,
                      const std::string& own_schema);

// Errors: core::Error (kFailed) naming what else would be reached.
// Tx:     needs an open transaction; reads.
void RequireNothingElseReached(pg::Connection& connection, const TableList& list,
                               const std::vector<TenantTable>& tables);

}  // namespace rung::reset
