// One run over one file: what its units share. A unit runs in transaction_unit.cc or bare_unit.cc.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "core/error.h"
#include "migrate/apply.h"
#include "pg/transaction.h"

namespace rung::migrate {

// A statement the server refused, with the place of it.
struct StatementFailed {
  size_t statement;
  pg::ServerError error;
  bool ran_bare = false;
  std::vector<core::Blocker> blockers = {};   // that kept it waiting
  std::vector<std::string> left_behind = {};  // what it left in the database in spite of that
};

class FileRun {
 public:
  FileRun(const ApplyContext& context, const PendingMigration& pending);

  const ApplyContext& context;
  const Migration& migration;
  const std::string version;    // as the history has it
  int done;                     // statements that are kept
  bool is_open;                 // the next one was begun by an earlier run, end unknown
  const bool is_begun;          // an earlier run has come to some statement of it
  const bool may_be_read_only;  // some statement of it may make its session so

  int Count() const { return static_cast<int>(migration.statements.size()); }
  const sql::Statement& At(size_t i) const { return migration.statements[i]; }
  std::chrono::milliseconds Took() const;
  bool IsLast(const Unit& unit) const { return unit.end == migration.statements.size(); }

  std::string Place(size_t statement) const;

  // Where the server named no line, the statement's own first one.
  std::string Place(size_t statement, const pg::ServerError& error) const;

  // Place, the server's words, the line with a caret, who was waited for.
  core::Problem Describe(const StatementFailed& failed) const;

  // The file was split as if standard_conforming_strings were on.
  // Errors: core::Error where it is off and that makes a difference.
  void RequireOneMeaning() const;

  // Errors: core::Error when the run lock is lost, or a stop is asked for.
  void RequireGoing() const;
  [[noreturn]] void Interrupt(const Unit& unit, const std::vector<std::string>& left_behind) const;

  void Warn(const std::string& text) const;

  // From here on a stop cancels nothing more: what is told and recorded of a failure must get through.
  void StopCancelling() { cancel_.reset(); }

  // Shape:  pid as in WatchedStatement; is_blocked: the last try of it had to wait.
  // Errors: StatementFailed, ConnectionLost.
  void RunStatement(size_t i, int pid, bool is_blocked);

  // Row, statements and audit trail, in one round trip.
  // Inside the caller's transaction, as the session's own role.
  void Record(int statements_done, bool is_open_now) const;

  // The same in a transaction of its own, whatever role the file has taken.
  void RecordAlone(int statements_done, bool is_open_now, pg::Forget forget) const;

  // What must be gone from the session at this unit's end. Through a pooler the next unit may run in
  // another session, so nothing is left in any; else the settings hold to the end of the file.
  pg::Forget ForgetAfter(const Unit& unit) const;

  // Runs again what the statements before this one have set in their session.
  void ReplaySettings(size_t before);

 private:
  std::vector<pg::AuditEvent> EventsOf(int statements_done, bool is_open_now) const;

  std::optional<pg::CancelOnStop> cancel_;
  std::vector<std::optional<std::chrono::milliseconds>> statement_took_;  // of the first kMostKept
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
};

}  // namespace rung::migrate
