// One numbered SQL file, read and understood: flow 1 begins here. Does not know the database.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/version.h"
#include "migrate/token_checksum.h"
#include "migrate/units.h"
#include "sql/statements.h"

namespace rung::migrate {

struct Migration {
  core::Version version;
  std::string name;
  std::string path;
  std::string checksum;                     // SHA-256 of the bytes
  TokenChecksum token_checksum;             // of what of it runs
  std::vector<sql::Statement> statements;   // without BEGIN and COMMIT
  std::vector<Unit> units;                  // in order, covering all statements
  std::shared_ptr<const std::string> text;  // what the statements look into

  // The whole file and its history row are one transaction.
  bool IsOneTransaction() const { return units.size() == 1 && units.front().in_transaction; }

  // "024_add_clerk_org_id"
  std::string Label() const { return version.text() + "_" + name; }
};

// Reads all migrations of a directory, lowest number first.
// Shape:  BEGIN and COMMIT of the file's own mark its units and are not statements.
// Errors: core::Error (kUsage) naming every bad file: see files::ReadNumberedFiles; no migration at
//         all; sections of several tools; psql's commands, COPY data without its end, open quotes;
//         a ROLLBACK, a BEGIN without COMMIT, PREPARE TRANSACTION, a statement that cannot run in
//         the file's own transaction block.
std::vector<Migration> ReadMigrations(const std::filesystem::path& directory);

// The same for somebody who only looks: what keeps a file of good text from being run is appended
// to `problems`, and the file is there all the same, with the units up to that place.
// Errors: core::Error (kUsage): names and texts, or no migration at all.
std::vector<Migration> ReadMigrations(const std::filesystem::path& directory,
                                      std::vector<core::Problem>& problems);

}  // namespace rung::migrate
