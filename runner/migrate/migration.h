// One numbered SQL file, read and understood: flow 1 begins here. Does not know the database.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/version.h"
#include "sql/statements.h"

namespace rung::migrate {

// Statements [begin, end) of a file that are kept or lost together.
struct Unit {
  size_t begin = 0;
  size_t end = 0;
  bool in_transaction = true;  // false: one statement that PostgreSQL keeps out of transactions
};

struct Migration {
  core::Version version;
  std::string name;
  std::string path;
  std::string checksum;        // SHA-256 of the bytes
  std::string token_checksum;  // SHA-256 of the tokens: equal where only the form differs
  std::vector<sql::Statement> statements;  // without BEGIN and COMMIT
  std::vector<Unit> units;                 // in order, covering all statements

  // The whole file and its history row are one transaction.
  bool IsOneTransaction() const { return units.size() == 1 && units.front().in_transaction; }

  // "024_add_clerk_org_id"
  std::string Label() const { return version.text() + "_" + name; }
};

// Reads all migrations of a directory, lowest number first.
// Shape:  BEGIN and COMMIT of the file's own mark its units and are not statements.
// Errors: core::Error (kUsage) naming every bad file: see files::ReadNumberedFiles; no migration at
//         all; a ROLLBACK, a BEGIN without COMMIT, PREPARE TRANSACTION, a statement that cannot run
//         in the file's own transaction block.
std::vector<Migration> ReadMigrations(const std::filesystem::path& directory);

}  // namespace rung::migrate
