#include "migrate/file_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "core/utf8.h"
#include "migrate/standing.h"
#include "pg/activity.h"
#include "sql/session_setting.h"

namespace rung::migrate {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

FileRun::FileRun(const ApplyContext& of, const PendingMigration& pending)
    : context(of),
      migration(*pending.migration),
      version(pending.recorded_as.empty() ? migration.version.text() : pending.recorded_as),
      done(pending.statements_done),
      is_open(pending.statement_is_open),
      is_begun(pending.is_begun),
      may_be_read_only(
          std::any_of(migration.statements.begin(), migration.statements.end(),
                      [](const auto& statement) { return sql::MaySetReadOnly(statement.text); })),
      cancel_(std::in_place, of.connection, of.stop, milliseconds(0)),
      statement_took_(std::min(migration.statements.size(), static_cast<size_t>(kMostKept))) {}

milliseconds FileRun::Took() const {
  return duration_cast<milliseconds>(steady_clock::now() - started_);
}

std::string FileRun::Place(size_t statement) const {
  return fmt::format("{}:{}", migration.path, At(statement).head_line);
}

std::string FileRun::Place(size_t statement, const pg::ServerError& error) const {
  const sql::Statement& at = At(statement);
  if (at.data && error.LineOfCopy() > 0) {
    return fmt::format("{}:{}", migration.path, at.DataLine() + error.LineOfCopy() - 1);
  }
  if (error.line == 0) return Place(statement);
  return fmt::format("{}:{}", migration.path, at.line + error.line - 1);
}

core::Problem FileRun::Describe(const StatementFailed& failed) const {
  const pg::ServerError& error = failed.error;
  core::Problem problem{Place(failed.statement, error), error.what(), {}};
  if (error.line > 0) {
    const int line = At(failed.statement).line + error.line - 1;
    problem.excerpt =
        sql::ShowLine(error.excerpt, line, core::ByteOffset(error.excerpt, error.caret));
  } else {
    problem.excerpt = {std::string(At(failed.statement).head)};
  }
  for (std::string& line : error.Details()) problem.excerpt.push_back(std::move(line));
  for (const core::Blocker& blocker : failed.blockers) {
    problem.excerpt.push_back("waited for: " + pg::Describe(blocker));
  }
  for (const std::string& left : failed.left_behind) problem.excerpt.push_back(left);
  return problem;
}

void FileRun::RequireOneMeaning() const {
  const auto plain = std::find_if(migration.statements.begin(), migration.statements.end(),
                                  [](const auto& statement) { return statement.plain_backslash; });
  if (plain == migration.statements.end()) return;
  const pqxx::result setting = context.connection.Exec("SHOW standard_conforming_strings");
  if (std::string_view(setting[0][0].c_str()) == "on") return;
  throw core::Error(
      core::Failure::kFailed,
      core::Problem{fmt::format("{}:{}", migration.path, plain->head_line),
                    "a backslash in a '…' literal, and standard_conforming_strings "
                    "is off for this database or role",
                    {std::string(plain->head)}},
      migration.IsOneTransaction() ? kFileIsRolledBack : DescribeKept(migration, done),
      "write E'…', or set it on at the top of the file, then run it again");
}

void FileRun::RequireGoing() const {
  context.require_lock();
  if (!context.stop.stop_requested()) return;
  throw core::Error(
      core::Failure::kInterrupted, core::Problem{migration.path, "interrupted", {}},
      migration.IsOneTransaction() ? kFileIsRolledBack : DescribeKept(migration, done),
      "run it again, it goes on from here");
}

void FileRun::Interrupt(const Unit& unit, const std::vector<std::string>& left_behind) const {
  throw core::Error(
      core::Failure::kInterrupted, core::Problem{migration.path, "interrupted", left_behind},
      DescribeState(migration, done, unit, "was cancelled"), "run it again, it goes on from here");
}

void FileRun::Warn(const std::string& text) const {
  context.events.Emit(core::Notice{core::Notice::Level::kWarning, text});
}

void FileRun::RunStatement(size_t i, int pid, bool is_blocked) {
  const sql::Statement& statement = At(i);
  const std::string text(statement.text);
  const Watched watched(context.watch,
                        {migration.Label(), static_cast<int>(i) + 1, Count(),
                         std::string(statement.head), pid == 0 ? text : "", pid},
                        is_blocked);
  const auto began = steady_clock::now();
  try {
    if (statement.data) {
      context.connection.CopyIn(text, *statement.data);
    } else {
      context.connection.Exec(text);
    }
  } catch (const pg::ServerError& error) {
    throw StatementFailed{i, error, false, context.watch.LastBlockers()};
  }
  if (i < statement_took_.size()) {
    statement_took_[i] = duration_cast<milliseconds>(steady_clock::now() - began);
  }
}

std::vector<pg::AuditEvent> FileRun::EventsOf(int statements_done, bool is_open_now) const {
  std::vector<pg::AuditEvent> events;
  for (int i = done; i < std::min(statements_done, kMostKept); ++i) {
    const auto took = statement_took_[static_cast<size_t>(i)];
    events.push_back({.kind = took ? "statement applied" : "statement found done",
                      .subject = migration.Label(),
                      .detail = ShortHead(At(static_cast<size_t>(i)), context.redact),
                      .version = version,
                      .statement = i + 1,
                      .took = took});
  }
  if (statements_done == Count() && !is_open_now) {
    events.push_back({.kind = "migration applied",
                      .subject = migration.Label(),
                      .detail = fmt::format("{} statements", Count()),
                      .version = version,
                      .took = Took()});
  }
  return events;
}

void FileRun::Record(int statements_done, bool is_open_now) const {
  RecordProgress({context.connection, context.schema, context.actor, context.redact,
                  context.settings.record_supabase},
                 version, migration,
                 {.statements_before = done,
                  .statements_done = statements_done,
                  .statement_is_open = is_open_now,
                  .took = Took()},
                 EventsOf(statements_done, is_open_now));
}

void FileRun::RecordAlone(int statements_done, bool is_open_now, pg::Forget forget) const {
  pg::Transaction transaction(context.connection,
                              {.read_write = may_be_read_only, .strangers_sql = true});
  transaction.Reclaim(forget);
  Record(statements_done, is_open_now);
  transaction.Commit();
}

pg::Forget FileRun::ForgetAfter(const Unit& unit) const {
  if (context.is_pooled) return pg::Forget::kSettings;
  return IsLast(unit) ? pg::Forget::kAll : pg::Forget::kNothing;
}

void FileRun::ReplaySettings(size_t before) {
  for (size_t i = 0; i < before; ++i) {
    if (!sql::IsSessionSetting(std::string(At(i).text))) continue;
    RequireGoing();
    RunStatement(i, 0, false);
  }
}

}  // namespace rung::migrate
