#include "migrate/apply.h"

#include <fmt/format.h>

#include <optional>
#include <random>

#include "core/error.h"
#include "core/sleep.h"
#include "core/utf8.h"
#include "migrate/concurrent_index.h"
#include "pg/audit.h"
#include "pg/transaction.h"

namespace rung::migrate {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// A statement the server refused, with the place of it.
struct StatementFailed {
  size_t statement;
  pg::ServerError error;
};

class Applier {
 public:
  Applier(const ApplyContext& context, const PendingMigration& pending)
      : context_(context),
        migration_(*pending.migration),
        done_(pending.statements_done),
        is_open_(pending.statement_is_open) {}

  void Run() {
    context_.events.Emit(
        core::MigrationStarted{migration_.Label(), Count(), done_, migration_.IsOneTransaction()});
    const pg::CancelOnStop cancel(context_.connection, context_.stop, milliseconds(0));
    for (const Unit& unit : migration_.units) {
      if (static_cast<int>(unit.end) <= done_ && unit.end > unit.begin) continue;
      RunUnit(unit);
    }
    // What the file SET must not reach the next one, nor our own statements; RESET ALL leaves the
    // role alone.
    context_.connection.Exec("RESET SESSION AUTHORIZATION; RESET ROLE; RESET ALL");
    context_.events.Emit(core::MigrationApplied{migration_.Label(), Count(), Took()});
  }

 private:
  int Count() const { return static_cast<int>(migration_.statements.size()); }
  milliseconds Took() const { return duration_cast<milliseconds>(steady_clock::now() - started_); }

  void RunUnit(const Unit& unit) {
    try {
      RequireGoing();
      if (unit.in_transaction) {
        RunWithRetries(unit);
      } else {
        RunBare(unit);
      }
      done_ = static_cast<int>(unit.end);
      is_open_ = false;
    } catch (const StatementFailed& failed) {
      Fail(failed, unit);
    } catch (const pg::ServerError& error) {  // of our own statements, or at COMMIT
      core::Problem problem{migration_.path, error.what(), {}};
      AddDetails(error, problem);
      throw core::Error(core::Failure::kFailed, std::move(problem), State(),
                        "look at the cause, then run it again");
    } catch (const pg::ConnectionLost& lost) {
      throw core::Error(
          core::Failure::kFailed, core::Problem{migration_.path, lost.what(), {}},
          unit.in_transaction
              ? "the database knows whether this file is applied: the history row commits with it"
              : "the statement may still be running; the history shows how far the file came",
          "look with `rung status`, then run it again");
    }
  }

  void RequireGoing() {
    context_.require_lock();
    if (context_.stop.stop_requested()) Interrupt();
  }

  [[noreturn]] void Interrupt() {
    throw core::Error(core::Failure::kInterrupted,
                      core::Problem{migration_.path, "interrupted", {}}, State(),
                      "run it again, it goes on from here");
  }

  // The lock timeout is short because everybody who comes later queues behind a waiting DDL
  // statement; the whole unit is tried again instead.
  void RunWithRetries(const Unit& unit) {
    const auto deadline = steady_clock::now() + context_.settings.lock_patience;
    std::minstd_rand random(std::random_device{}());
    for (milliseconds pause{500};; pause = std::min(pause * 2, milliseconds(15000))) {
      try {
        RunInTransaction(unit);
        return;
      } catch (const StatementFailed& failed) {
        const bool again = pg::RemedyFor(failed.error.sqlstate) == pg::Remedy::kRetry &&
                           steady_clock::now() < deadline && !context_.stop.stop_requested();
        if (!again) throw;
        const milliseconds jittered(pause.count() / 2 + static_cast<int>(random()) % pause.count());
        context_.events.Emit(core::Notice{
            core::Notice::Level::kWarning,
            fmt::format("{}:{}: {}; rolled back, trying again in {:.1f} s", migration_.path,
                        migration_.statements[failed.statement].head_line, failed.error.what(),
                        static_cast<double>(jittered.count()) / 1000)});
        core::SleepFor(jittered, context_.stop);
        RequireGoing();
      }
    }
  }

  // Begin, statements, record, commit.
  void RunInTransaction(const Unit& unit) {
    pg::Transaction transaction(
        context_.connection,
        {.lock_timeout = context_.settings.lock_timeout, .strangers_sql = true});
    for (size_t i = unit.begin; i < unit.end; ++i) RunStatement(i);
    if (!transaction.Reclaim()) {
      throw core::Error(
          core::Failure::kFailed,
          core::Problem{migration_.path, "the file ended the transaction it runs in", {}},
          "what it did before that is kept, and nothing of it is recorded",
          "undo that by hand, take the COMMIT or ROLLBACK out, then run it again");
    }
    Record(static_cast<int>(unit.end), false);
    transaction.Commit();
  }

  // Record, statement, record: what a crash in between leaves is found by the next run.
  void RunBare(const Unit& unit) {
    std::optional<sql::ConcurrentIndex> index = migration_.statements[unit.begin].builds;
    if (index && index->name.empty())
      index.reset();  // PostgreSQL chooses the name: nothing to look for
    if (is_open_ && index && ReadIndexState(context_.connection, *index) == IndexState::kValid) {
      Record(static_cast<int>(unit.end), false);  // it was built; only the record of it was missing
      return;
    }
    if (index && ReadIndexState(context_.connection, *index) == IndexState::kInvalid) {
      context_.events.Emit(core::Notice{core::Notice::Level::kWarning,
                                        fmt::format("{}: index {} is INVALID, left by an earlier "
                                                    "try: dropping it to build it again",
                                                    migration_.path, index->name)});
      DropInvalidIndex(context_.connection, *index);
    }
    Record(static_cast<int>(unit.begin), true);
    // Outside of a transaction only the session's own settings hold; a platform's default of two
    // minutes must not end a long build, and a lock timeout would leave an INVALID index.
    context_.connection.Exec("SET statement_timeout = 0; SET lock_timeout = 0");
    context_.events.Emit(core::StatementStarted{migration_.Label(),
                                                static_cast<int>(unit.begin) + 1, Count(),
                                                migration_.statements[unit.begin].head});
    RunStatement(unit.begin);
    if (index && ReadIndexState(context_.connection, *index) != IndexState::kValid) {
      throw core::Error(
          core::Failure::kFailed,
          core::Problem{
              Place(unit.begin), fmt::format("index {} is still INVALID", index->name), {}},
          State(), "drop the index, then run it again");
    }
    Record(static_cast<int>(unit.end), false);
  }

  void RunStatement(size_t i) {
    try {
      context_.connection.Exec(migration_.statements[i].text);
    } catch (const pg::ServerError& error) {
      throw StatementFailed{i, error};
    }
  }

  void Record(int done, bool is_open) {
    RecordProgress(context_.connection, context_.schema, context_.actor, migration_,
                   {done, is_open, Took()});
    if (done == Count() && !is_open) {
      pg::RecordEvent(context_.connection, context_.schema, context_.actor, "migration applied",
                      migration_.Label(), fmt::format("{} statements", Count()));
    }
  }

  // Where the server named no line, the statement's own first one.
  std::string Place(size_t statement, int line_in_statement = 0) const {
    const sql::Statement& at = migration_.statements[statement];
    return fmt::format("{}:{}", migration_.path,
                       line_in_statement > 0 ? at.line + line_in_statement - 1 : at.head_line);
  }

  static void AddDetails(const pg::ServerError& error, core::Problem& problem) {
    for (std::string& line : error.Details()) problem.excerpt.push_back(std::move(line));
  }

  [[noreturn]] void Fail(const StatementFailed& failed, const Unit& unit) {
    const pg::ServerError& error = failed.error;
    if (!unit.in_transaction || done_ > 0) {
      RecordError(context_.connection, context_.schema, migration_, context_.redact(error.what()));
    }
    if (context_.stop.stop_requested() && error.sqlstate == "57014") Interrupt();
    core::Problem problem{Place(failed.statement, error.line), error.what(), {}};
    if (error.line > 0) {
      const int line = migration_.statements[failed.statement].line + error.line - 1;
      problem.excerpt =
          sql::ShowLine(error.excerpt, line, core::ByteOffset(error.excerpt, error.caret));
    } else {
      problem.excerpt = {migration_.statements[failed.statement].head};
    }
    AddDetails(error, problem);
    throw core::Error(core::Failure::kFailed, std::move(problem), State(),
                      "mend the file and run it again");
  }

  std::string State() const {
    if (migration_.IsOneTransaction()) {
      return "this file is rolled back; everything before it is applied";
    }
    const std::string kept =
        done_ == 0 ? "no statement of this file is kept"
                   : fmt::format("statements 1 to {} of {} are done and kept", done_, Count());
    return kept + "; the file goes on from there";
  }

  const ApplyContext& context_;
  const Migration& migration_;
  int done_;      // statements that are kept
  bool is_open_;  // the next one was begun by an earlier run, end unknown
  const steady_clock::time_point started_ = steady_clock::now();
};

}  // namespace

void ApplyMigration(const ApplyContext& context, const PendingMigration& pending) {
  Applier(context, pending).Run();
}

}  // namespace rung::migrate
