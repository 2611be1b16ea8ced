// Owns the table `migration`: which files this database has seen, and how far each got.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/actor.h"
#include "core/version.h"
#include "migrate/migration.h"
#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::migrate {

struct HistoryRow {
  core::Version version;
  std::string name;
  std::string checksum;
  std::string token_checksum;
  bool is_applied = false;  // all statements done
  int statements_done = 0;
  int statements_total = 0;
  bool statement_is_open = false;  // the next one was begun outside of a transaction, end unknown
  std::string done_checksum;       // of the text of the statements done
  std::string error;               // of the last try, "message [sqlstate]"
  std::string applied_at;          // server's clock, text; empty until then
  std::chrono::milliseconds took{0};
};

// How far a file is, to be recorded.
struct Progress {
  int statements_done = 0;
  bool statement_is_open = false;
  std::chrono::milliseconds took{0};
};

std::span<const pg::OwnStep> HistorySteps();

// Lowest version first; empty where the table does not exist yet.
// Tx:     none; reads.
std::vector<HistoryRow> ReadHistory(pg::Connection& connection, const pg::OwnSchema& schema);

// Tx:     acts inside the caller's transaction, or commits by itself where there is none.
void RecordProgress(pg::Connection& connection, const pg::OwnSchema& schema,
                    const core::Actor& actor, const Migration& migration, const Progress& progress);

// Keeps why a file stopped half way; a file of one transaction leaves no row, and nothing here.
// Tx:     commits by itself.
void RecordError(pg::Connection& connection, const pg::OwnSchema& schema,
                 const Migration& migration, const std::string& error);

// How many transactions ago the row of this file was last written.
// Tx:     none; reads.
int64_t ReadRecordAge(pg::Connection& connection, const pg::OwnSchema& schema,
                      const Migration& migration);

// The checksum kept of the first statements of a file.
std::string ChecksumOfStatements(const Migration& migration, int count);

}  // namespace rung::migrate
