#include "migrate/rehearsal.h"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/file_run.h"
#include "sql/escape.h"

namespace rung::migrate {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kRolledBack = "everything is rolled back: the database is as it was";

// By their names: SET CONSTRAINTS ALL would hold for those of the next files too.
constexpr const char* kDeferrable = R"(
SELECT pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', '),
       pg_catalog.string_agg(DISTINCT pg_catalog.format('%I.%I', n.nspname, c.conname), ', ')
         FILTER (WHERE c.condeferred)
FROM pg_catalog.pg_constraint c JOIN pg_catalog.pg_namespace n ON n.oid = c.connamespace
WHERE c.condeferrable)";

// Why the file cannot be run only to be rolled back; empty where it can.
std::string WhyNot(const PendingMigration& pending) {
  const Migration& migration = *pending.migration;
  if (pending.is_begun) return "an earlier run has begun it";
  if (migration.IsOneTransaction()) {
    for (const sql::Statement& statement : migration.statements) {
      const std::string reason = sql::ReasonNotToRehearse(std::string(statement.text));
      if (reason.empty()) continue;
      return fmt::format("{} (line {})", reason, statement.head_line);
    }
    return "";
  }
  const auto bare = std::find_if(migration.units.begin(), migration.units.end(),
                                 [](const Unit& unit) { return !unit.in_transaction; });
  if (bare == migration.units.end()) return "it is several transactions";
  const sql::Statement& statement = migration.statements[bare->begin];
  return statement.outside.empty() ? "it runs without a transaction"
                                   : fmt::format("{} cannot run in a transaction (line {})",
                                                 statement.outside, statement.head_line);
}

class Rehearser {
 public:
  explicit Rehearser(const ApplyContext& context)
      : context_(context),
        transaction_(context.connection,
                     {.lock_timeout = context.settings.lock_timeout, .strangers_sql = true}),
        id_(TransactionId()) {}

  Rehearsal Run(const std::vector<PendingMigration>& pending) {
    for (const PendingMigration& file : pending) {
      rehearsal_.why_stopped = WhyNot(file);
      if (rehearsal_.why_stopped.empty() && RunFile(file)) {
        ++rehearsal_.files;
        continue;
      }
      if (!rehearsal_.problem) rehearsal_.stopped_before = file.migration;
      break;
    }
    return std::move(rehearsal_);
  }

 private:
  // False where it fails, or turns out to be one that cannot be rehearsed.
  bool RunFile(const PendingMigration& pending) {
    FileRun run(context_, pending);
    try {
      run.RequireOneMeaning();
    } catch (const core::Error& error) {
      rehearsal_.problem = error.problems().front();
      return false;
    }
    for (size_t i = 0; i < run.migration.statements.size(); ++i) {
      RequireGoing(run);
      const auto started = steady_clock::now();
      try {
        run.RunStatement(i, transaction_.backend_pid(), false);
      } catch (const StatementFailed& failed) {
        RequireGoing(run);
        // A value that an earlier file adds to an enum is of use only once that is committed.
        if (failed.error.sqlstate == "55P04") {
          rehearsal_.why_stopped = fmt::format(
              "it uses an enum value that an earlier file adds (line {})", run.At(i).head_line);
        } else {
          rehearsal_.problem = run.Describe(failed);
        }
        return false;
      }
      rehearsal_.statements.push_back(
          {pending.migration, i, duration_cast<milliseconds>(steady_clock::now() - started)});
    }
    return EndFile(run);
  }

  // What a commit would do, without it: deferred constraints are checked, the session is cleaned.
  bool EndFile(const FileRun& run) {
    pg::Connection& connection = context_.connection;
    try {
      connection.Exec("SET LOCAL statement_timeout = 0");
      const std::string all = Deferrable().first;
      if (!all.empty()) connection.Exec("SET CONSTRAINTS " + all + " IMMEDIATE");
      pg::ForgetInSession(connection,
                          context_.is_pooled ? pg::Forget::kSettings : pg::Forget::kAll);
      connection.Exec(
          fmt::format("SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout = 0; "
                      "SET LOCAL idle_in_transaction_session_timeout = 0",
                      context_.settings.lock_timeout.count()));
      const std::string deferred = Deferrable().second;
      if (!deferred.empty()) connection.Exec("SET CONSTRAINTS " + deferred + " DEFERRED");
    } catch (const pg::ServerError& error) {
      RequireGoing(run);
      rehearsal_.problem = core::Problem{run.migration.path, error.what(), error.Details()};
      return false;
    }
    if (TransactionId() == id_) return true;
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{run.migration.path, "the file ended the transaction it runs in", {}},
        "what it and the files before it did until then is kept",
        "look at what is there, and undo it by hand");
  }

  void RequireGoing(const FileRun& run) const {
    context_.require_lock();
    if (!context_.stop.stop_requested()) return;
    throw core::Error(core::Failure::kInterrupted,
                      core::Problem{run.migration.path, "interrupted", {}}, kRolledBack,
                      "run it again");
  }

  std::string TransactionId() const {
    return context_.connection.Exec("SELECT pg_catalog.txid_current()")[0][0].c_str();
  }

  // All deferrable constraints, and those that are deferred from the beginning.
  std::pair<std::string, std::string> Deferrable() const {
    const auto row = context_.connection.Exec(kDeferrable)[0];
    const auto text = [](const auto& field) { return field.is_null() ? "" : field.c_str(); };
    return {text(row[0]), text(row[1])};
  }

  const ApplyContext& context_;
  pg::Transaction transaction_;  // never committed
  const std::string id_;
  Rehearsal rehearsal_;
};

}  // namespace

Rehearsal Rehearse(const ApplyContext& context, const std::vector<PendingMigration>& pending) {
  return Rehearser(context).Run(pending);
}

}  // namespace rung::migrate
