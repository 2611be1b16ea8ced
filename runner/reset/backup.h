// A copy of the database in a file, by pg_dump, that pg_restore has been seen to read.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "pg/target.h"
#include "reset/tenant_tables.h"

namespace rung::reset {

struct Backup {
  std::filesystem::path file;
  int64_t bytes = 0;
};

// Everything but the platform's schemas, in pg_dump's custom format, readable by its owner alone, on disk
// when this returns; each of the tables has its data in it, by pg_restore's own list.
// Errors: core::Error: kUsage: the file exists; kFailed: pg_dump or pg_restore is missing or fails, a table
//         is not in there; kInterrupted. A file that is not whole is removed.
Backup TakeBackup(const pg::Target& target, const std::filesystem::path& file,
                  const std::vector<TenantTable>& tables, const std::stop_token& stop);

}  // namespace rung::reset
