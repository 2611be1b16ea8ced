// Is this database ready for new sign-ups: what can be seen of it without writing.
#pragma once

#include <string>
#include <vector>

#include "fill/backfill_file.h"
#include "pg/connection.h"
#include "reset/tenant_tables.h"

namespace rung::reset {

struct Check {
  std::string what;                 // "every tenant table has its column: 23 of 23"
  std::vector<std::string> faults;  // "public.calls has no column clerk_org_id"; none: it holds

  bool holds() const { return faults.empty(); }
};

// A column that every row of its table is to have from the first day on.
struct TenantColumn {
  std::string table;   // as a backfill has it
  std::string column;  // "clerk_org_id"
};

// Of all fills, each once.
std::vector<TenantColumn> TenantColumns(const std::vector<fill::BackfillFile>& backfills);

// The columns are there, each with a valid index that begins with it; no index and no constraint of the
// tables is invalid; the listed tables are empty, their sequences at their start; the tables that they refer
// to and that are kept have rows.
// Tx:     needs an open transaction; reads.
// Errors: core::Error (kFailed): see FindTables.
std::vector<Check> ReadReadiness(pg::Connection& connection, const TableList& list,
                                 const std::vector<TenantColumn>& columns,
                                 const std::string& own_schema);

}  // namespace rung::reset
