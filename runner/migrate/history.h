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
#include "migrate/statement_record.h"
#include "pg/audit.h"
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
  std::string done_checksum = {};  // of the text of the statements done
  std::string error = {};          // of the last try, "message [sqlstate]"
  std::string applied_at = {};     // server's clock, text; empty until then
  std::chrono::milliseconds took{0};
  bool is_baseline = false;   // taken over by `rung baseline`: it never ran here
  bool is_as_written = true;  // its own digest fits it
  std::vector<RecordedStatement> statements = {};  // where the file has other bytes by now

  std::string Label() const { return version.text() + "_" + name; }
};

// A history that others may have written to.
struct FoundHistory {
  std::vector<HistoryRow> rows;     // lowest version first
  std::vector<pg::LastEvent> gone;  // rows that the audit trail knows of, and that are not there
};

// How far a file is, to be recorded.
struct Progress {
  int statements_before = 0;  // are recorded as done already
  int statements_done = 0;
  bool statement_is_open = false;
  std::chrono::milliseconds took{0};
  bool is_baseline = false;
};

// Who writes the history, and what is written along with it.
struct HistoryWriter {
  pg::Connection& connection;
  const pg::OwnSchema& schema;
  const core::Actor& actor;
  Redact redact;
  bool record_supabase = false;  // keep the table of Supabase's tools in step
};

// The kind of the event about a row that is gone on purpose.
inline constexpr const char* kRowRemoved = "history row removed";

std::span<const pg::OwnStep> HistorySteps();

// Shape:  `files` gets its rows' statements where the file has other bytes than were applied.
//         Empty where the tables do not exist yet.
// Tx:     none; reads.
// Errors: core::Error (kFailed): tables that are not what rung has made (see pg::RequireOwnShape),
//         a version that is none, or that stands there twice.
FoundHistory FindHistory(pg::Connection& connection, const pg::OwnSchema& schema,
                         std::span<const Migration> files);

// The same, lowest version first.
// Errors: besides, core::Error (kFailed) naming every row that somebody else has changed or
//         removed.
std::vector<HistoryRow> ReadHistory(pg::Connection& connection, const pg::OwnSchema& schema,
                                    std::span<const Migration> files);

// The row, the statements that are done since the last record, and the events, in one round trip;
// with the last statement the row of Supabase's tools, if that is asked for.
// Shape:  version: of the row, which may be written in another width than the file's.
// Tx:     acts inside the caller's transaction, or commits by itself where there is none.
void RecordProgress(const HistoryWriter& writer, const std::string& version,
                    const Migration& migration, const Progress& progress,
                    std::span<const pg::AuditEvent> events);

// Keeps why a file stopped half way; a file of one transaction leaves no row, and nothing here.
// Tx:     commits by itself.
void RecordError(pg::Connection& connection, const pg::OwnSchema& schema,
                 const std::string& version, const std::string& error);

// How many transactions ago the row was last written.
// Tx:     none; reads.
int64_t ReadRecordAge(pg::Connection& connection, const pg::OwnSchema& schema,
                      const std::string& version);

// The row as JSON.
// Tx:     none; reads.
std::string ReadRowAsJson(pg::Connection& connection, const pg::OwnSchema& schema,
                          const std::string& version);

// The row and its statements are from now on those of this file; who applied it and when stays.
// Tx:     acts inside the caller's transaction.
void AcceptFile(const HistoryWriter& writer, const HistoryRow& row, const Migration& migration);

// The row is taken as it stands now.
// Tx:     acts inside the caller's transaction.
void AcceptRow(const HistoryWriter& writer, const HistoryRow& row);

// The row's open statement has ended, without having done its work.
// Tx:     acts inside the caller's transaction.
void CloseStatement(const HistoryWriter& writer, const HistoryRow& row);

// Tx:     acts inside the caller's transaction.
void DeleteRow(const HistoryWriter& writer, const std::string& version);

// The checksum kept of the first statements of a file.
std::string ChecksumOfStatements(const Migration& migration, int count);

}  // namespace rung::migrate
