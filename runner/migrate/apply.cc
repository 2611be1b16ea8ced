#include "migrate/apply.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "migrate/bare_unit.h"
#include "migrate/file_run.h"
#include "migrate/standing.h"
#include "migrate/transaction_unit.h"

namespace rung::migrate {
namespace {

class Applier {
 public:
  Applier(const ApplyContext& context, const PendingMigration& pending)
      : context_(context), run_(context, pending), migration_(*pending.migration) {}

  void Run() {
    context_.events.Emit(core::MigrationStarted{migration_.Label(), run_.Count(), run_.done,
                                                migration_.IsOneTransaction()});
    run_.RequireOneMeaning();
    bool is_first = true;
    for (const Unit& unit : migration_.units) {
      if (static_cast<int>(unit.end) <= run_.done && unit.end > unit.begin) continue;
      RunUnit(unit, is_first);
      is_first = false;
    }
    if (is_first) run_.RecordAlone(run_.done, false, pg::Forget::kNothing);  // no more than is done
    context_.events.Emit(core::MigrationApplied{migration_.Label(), run_.Count(), run_.Took()});
  }

 private:
  void RunUnit(const Unit& unit, bool is_first) {
    try {
      run_.RequireGoing();
      if (is_first && !context_.is_pooled) run_.ReplaySettings(unit.begin);
      if (unit.in_transaction) {
        RunInTransaction(run_, unit);
      } else {
        RunBare(run_, unit);
      }
      run_.done = static_cast<int>(unit.end);
      run_.is_open = false;
    } catch (const StatementFailed& failed) {
      Fail(failed, unit);
    } catch (const pg::ServerError& error) {  // of our own statements, or at COMMIT
      if (run_.done > 0) RecordFailure(error, false, std::nullopt);
      throw core::Error(core::Failure::kFailed,
                        core::Problem{migration_.path, error.what(), error.Details()},
                        DescribeState(migration_, run_.done, unit, "may be done, or not"),
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

  // Keeps why the file stopped half way. The session may have the file's role, or be lost.
  void RecordFailure(const pg::ServerError& error, bool is_new, std::optional<size_t> statement) {
    try {
      pg::Transaction transaction(context_.connection,
                                  {.read_write = run_.may_be_read_only, .strangers_sql = true});
      transaction.Reclaim(context_.is_pooled ? pg::Forget::kSettings : pg::Forget::kNothing);
      if (is_new) run_.Record(run_.done, false);
      RecordError(context_.connection, context_.schema, run_.version,
                  context_.redact(error.what()));
      if (statement) RecordFailedStatement(*statement, error);
      transaction.Commit();
    } catch (const std::exception&) {  // the failure itself is what has to be told
    }
  }

  void RecordFailedStatement(size_t statement, const pg::ServerError& error) {
    const pg::AuditEvent event{
        .kind = "statement failed",
        .subject = migration_.Label(),
        .detail = fmt::format("{}: {}", ShortHead(run_.At(statement), context_.redact),
                              context_.redact(error.what())),
        .version = run_.version,
        .statement = static_cast<int>(statement) + 1};
    pg::RecordEvents(context_.connection, context_.schema, context_.actor, {&event, 1});
  }

  [[noreturn]] void Fail(const StatementFailed& failed, const Unit& unit) {
    const pg::ServerError& error = failed.error;
    const bool was_stopped = context_.stop.stop_requested() && error.sqlstate == "57014";
    run_.StopCancelling();
    if (failed.ran_bare || run_.done > 0) RecordFailure(error, failed.ran_bare, failed.statement);
    if (was_stopped) run_.Interrupt(unit, failed.left_behind);
    throw core::Error(
        core::Failure::kFailed, run_.Describe(failed),
        DescribeState(migration_, run_.done, unit,
                      failed.ran_bare ? "has failed" : "is rolled back"),
        pg::RemedyFor(error.sqlstate) == pg::Remedy::kRetry
            ? "end what stands in the way or let it end, then run it again; --lock-patience tries "
              "longer"
            : NextAfterFailure(migration_, run_.done));
  }

  const ApplyContext& context_;
  FileRun run_;
  const Migration& migration_;
};

}  // namespace

void ApplyMigration(const ApplyContext& context, const PendingMigration& pending) {
  Applier(context, pending).Run();
}

}  // namespace rung::migrate
