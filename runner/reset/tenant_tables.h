// The tables that a fresh start empties: read from the script, found on the server.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "pg/connection.h"
#include "sql/bare_statement.h"

namespace rung::reset {

struct TableList {
  std::string place;  // of the script
  std::vector<sql::ObjectName> tables;
};

// Errors: core::Error (kUsage) at the script's line: see sql::ReadTruncation; not a readable text.
TableList ReadTableList(const std::filesystem::path& script);

struct TenantTable {
  std::string oid;
  std::string name;  // with schema, quoted where it must be: public.users
  std::string schema;
  std::string relation;  // its name alone, as the catalog has it
  int64_t rows = 0;
  std::string digest{};            // of all rows, in whichever order
  int64_t bytes = 0;               // with indexes and partitions
  std::vector<std::string> below;  // oids of its partitions and inheritance children
};

// Every listed table as it is on this server, in the list's order.
// Tx:     needs an open transaction; reads.
// Errors: core::Error (kFailed) that names every table that is not there, is something else than a table,
//         may not be truncated by this role, or belongs to the platform or to rung itself.
std::vector<TenantTable> FindTables(pg::Connection& connection, const TableList& list,
                                    const std::string& own_schema);

// Of the tables and all below them.
std::vector<std::string> EmptiedOids(const std::vector<TenantTable>& tables);

// Rows of each, in the same order, counted now.
// Tx:     needs an open transaction; reads every row.
void CountRows(pg::Connection& connection, std::vector<TenantTable>& tables);

}  // namespace rung::reset
