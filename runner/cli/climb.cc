#include "cli/climb.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "backfill/run_backfill.h"
#include "cli/exit_status.h"
#include "cli/file_warnings.h"
#include "cli/locked.h"
#include "cli/own_tables.h"
#include "cli/progress.h"
#include "cli/rejects.h"
#include "cli/statement_line.h"
#include "core/error.h"
#include "ladder/ladder.h"
#include "migrate/apply.h"
#include "migrate/supabase_history.h"
#include "pg/preflight.h"
#include "pg/run_lock.h"

namespace rung::cli {
namespace {

using core::Notice;
using ladder::Kind;
using ladder::Rung;
using std::chrono::steady_clock;

core::Error Interrupted(const std::string& where) {
  return core::Error(core::Failure::kInterrupted, core::Problem{where, "interrupted", {}},
                     "everything committed so far is kept", "run it again, it goes on from here");
}

class Climber {
 public:
  Climber(Program& program, const ClimbLimits& limits)
      : program_(program),
        limits_(limits),
        migrations_(migrate::ReadMigrations(program.options.migrations)),
        backfills_(ReadBackfills(program)),
        target_(ResolveTarget(program)),
        connection_(Connect(program, target_)),
        line_(program),
        watch_(target_, program.ApplicationName(), line_, program.options.lock_timeout / 2) {
    if (program.options.max_runtime) deadline_ = program.started + *program.options.max_runtime;
    const pg::CancelOnStop cancel(connection_, program.stop, std::chrono::milliseconds(0));
    const pg::ServerFacts facts = pg::ReadServerFacts(connection_);
    pg::RequireWritable(facts, target_.description);
    is_pooled_ = facts.is_pooled;
    CheckName();
  }

  int Run() {
    for (;;) {
      const std::optional<size_t> next = ApplyUpToBackfill();
      if (IsOver()) return Unfinished("the time budget is used");
      if (!next) break;
      const int status = Fill(backfills_[*next]);
      if (status != kExitDone) return status;
    }
    return Conclude();
  }

 private:
  bool IsOver() const { return is_late_ || steady_clock::now() >= deadline_; }

  bool IsWanted(const fill::BackfillFile& file) const {
    const std::string& only = limits_.only_backfill;
    if (only.empty()) return true;
    const auto number = core::Version::Parse(only);
    return (number && *number == file.version) || only == file.name || only == file.Label();
  }

  void CheckName() const {
    if (std::any_of(backfills_.begin(), backfills_.end(),
                    [&](const auto& file) { return IsWanted(file); })) {
      return;
    }
    if (limits_.only_backfill.empty()) return;
    throw core::Error(core::Failure::kUsage,
                      core::Problem{program_.options.backfills.string(),
                                    fmt::format("no backfill `{}`", limits_.only_backfill),
                                    {}},
                      "nothing was changed", "see `rung status` for their names");
  }

  // Reads where the ladder stands, and under the lock applies the migrations below the first
  // backfill that has to run. Returns that backfill; nullopt when none is left to run.
  std::optional<size_t> ApplyUpToBackfill() {
    std::optional<pg::RunLock> lock;
    // A backfill needs no lock: any number of runs work on it together.
    {
      const pg::CancelOnStop cancel(connection_, program_.stop, std::chrono::milliseconds(0));
      if (NeedsLock()) TakeRunLock(program_, target_, lock);
      if (lock || rungs_.empty()) Read();
      if (lock) {
        CheckResume();
        if (program_.options.record_supabase) CatchUpSupabase();
        EnsureOwnTables(program_, connection_);
      }
    }
    bool is_changed = false;
    for (const Rung& rung : rungs_) {
      if (rung.is_done && !IsAgain(rung)) continue;
      if (rung.kind == Kind::kBackfill) {
        if (!limits_.backfills) break;  // the gate: nothing above it runs
        if (!IsWanted(backfills_[rung.index])) continue;
        if (!limits_.migrations && !ladder::IsReachable(rungs_, rung)) break;
        return rung.index;
      }
      if (!limits_.migrations) continue;
      if (IsOver()) {
        is_late_ = true;
        return std::nullopt;
      }
      Apply(rung, *lock);
      is_changed = true;
    }
    if (is_changed) Read();
    return std::nullopt;
  }

  // Where no migration is left, looking is enough, and rungs_ is as read here.
  bool NeedsLock() {
    rungs_.clear();
    if (!pg::IsUpToDate(connection_, program_.schema, AllOwnSteps())) return true;
    if (!limits_.migrations) return false;
    if (program_.options.resume || program_.options.record_supabase) return true;
    Read();
    return !pending_.empty();
  }

  // An answer to no question would be taken for the next one.
  void CheckResume() {
    if (!program_.options.resume || std::exchange(is_resume_checked_, true)) return;
    if (std::any_of(pending_.begin(), pending_.end(),
                    [](const auto& pending) { return pending.statement_is_open; })) {
      return;
    }
    throw core::Error(core::Failure::kUsage,
                      core::Problem{"--resume", "no statement waits for an answer", {}},
                      "nothing was changed", "run it again without --resume");
  }

  // Once: from then on each file's record goes to both.
  void CatchUpSupabase() {
    if (std::exchange(is_supabase_checked_, true)) return;
    const int added = migrate::CatchUpSupabaseHistory(connection_, migrations_, pending_);
    if (added == 0) return;
    program_.events.Emit(Notice{
        Notice::Level::kInfo,
        fmt::format("supabase_migrations.schema_migrations: {} applied before, added", added)});
  }

  // A complete backfill that is to verify itself once more, once in this run.
  bool IsAgain(const Rung& rung) const {
    return program_.options.again && rung.kind == Kind::kBackfill &&
           std::find(filled_.begin(), filled_.end(), rung.index) == filled_.end();
  }

  void Read() {
    const auto history = migrate::ReadHistory(connection_, program_.schema, migrations_);
    pending_ = migrate::PlanMigrations(
        migrations_, history,
        program_.options.allow_late ? migrate::LateFiles::kAllowed : migrate::LateFiles::kRefused);
    if (!std::exchange(is_warned_, true)) WarnOfChangedForm(program_, migrations_, history);
    const auto rows = backfill::ReadBackfillRows(connection_, program_.schema);
    for (const fill::BackfillFile& file : backfills_) backfill::RequireUnchanged(file, rows);
    rungs_ = ladder::PlanLadder({migrations_, pending_, backfills_, rows}, program_.options.to);
  }

  void Apply(const Rung& rung, pg::RunLock& lock) {
    const auto pending = std::find_if(pending_.begin(), pending_.end(),
                                      [&](const migrate::PendingMigration& candidate) {
                                        return candidate.migration == &migrations_[rung.index];
                                      });
    if (pending->is_late) {
      program_.events.Emit(
          Notice{Notice::Level::kInfo,
                 pending->migration->Label() + ": late: higher ones are applied already"});
    }
    migrate::ApplyMigration(
        {connection_,
         is_pooled_,
         program_.schema,
         program_.actor,
         line_,
         watch_,
         program_.stop,
         [&] { lock.RequireHeld(); },
         [&](const std::string& text) { return program_.console.redactor().Redact(text); },
         {program_.options.lock_timeout, program_.options.lock_patience, program_.options.resume,
          program_.options.record_supabase}},
        *pending);
  }

  int Fill(const fill::BackfillFile& file) {
    const backfill::RunSettings settings{
        .limits = program_.options.limits,
        .deadline = deadline_,
        .again = program_.options.again,
        .fix_mismatches = program_.options.fix_mismatches,
        .lock_patience = {program_.options.lock_timeout, program_.options.lock_patience},
        .max_rejects = program_.options.max_rejects};
    backfill::WorkEnd end;
    {
      const Progress progress(program_, target_, file.version, file.Label());
      end = backfill::RunBackfill(
          {target_, program_.ApplicationName(), program_.schema, program_.actor, program_.events,
           settings, program_.stop,
           [&](const std::string& text) { return program_.console.redactor().Redact(text); }},
          connection_, file);
    }
    filled_.push_back(static_cast<size_t>(&file - backfills_.data()));
    switch (end) {
      case backfill::WorkEnd::kComplete:
        return kExitDone;
      case backfill::WorkEnd::kSetAside:
        program_.events.Emit(TellSetAside(program_, connection_, file));
        return kExitUnfinished;
      case backfill::WorkEnd::kStopped:
        throw Interrupted(file.Label());
      case backfill::WorkEnd::kDeadline:
        return Unfinished(file.Label() + ": the time budget is used");
      case backfill::WorkEnd::kNotRunning:
        return Unfinished(file.Label() + ": paused or cancelled, `rung resume` has it go on");
      case backfill::WorkEnd::kDismissed:
        break;
    }
    return kExitFailed;
  }

  int Unfinished(const std::string& why) {
    program_.events.Emit(
        Notice{Notice::Level::kWarning, why + "; everything done is kept, run it again to go on"});
    return kExitUnfinished;
  }

  // What is left, told once, after everything else.
  int Conclude() {
    const auto left =
        std::find_if(rungs_.begin(), rungs_.end(), [](const Rung& r) { return !r.is_done; });
    if (left == rungs_.end()) {
      const auto count = [&](Kind kind, const char* name) {
        const auto all = std::count_if(rungs_.begin(), rungs_.end(),
                                       [&](const Rung& rung) { return rung.kind == kind; });
        return fmt::format("{} {}{}", all, name, all == 1 ? "" : "s");
      };
      program_.events.Emit(Notice{
          Notice::Level::kInfo,
          fmt::format("up to date: {} applied, {} complete", count(Kind::kMigration, "migration"),
                      count(Kind::kBackfill, "backfill"))});
      return kExitDone;
    }
    if (!limits_.migrations) return ConcludeBackfills();
    if (const Rung* gate = ladder::FindGate(rungs_)) {
      return Unfinished(
          fmt::format("the migrations above wait for backfill {}: run `rung up` or "
                      "`rung backfill`",
                      gate->label));
    }
    return kExitDone;
  }

  int ConcludeBackfills() {
    for (const Rung& rung : rungs_) {
      if (rung.kind != Kind::kBackfill || rung.is_done || !IsWanted(backfills_[rung.index]))
        continue;
      return Unfinished(fmt::format(
          "backfill {} waits for migrations: run `rung up` or `rung migrate`", rung.label));
    }
    program_.events.Emit(Notice{Notice::Level::kInfo, "nothing left to fill"});
    return kExitDone;
  }

  Program& program_;
  const ClimbLimits limits_;
  const std::vector<migrate::Migration> migrations_;
  const std::vector<fill::BackfillFile> backfills_;
  const pg::Target target_;
  pg::Connection connection_;
  StatementLine line_;
  migrate::StatementWatch watch_;
  bool is_pooled_ = false;
  bool is_resume_checked_ = false;
  bool is_supabase_checked_ = false;
  bool is_warned_ = false;
  steady_clock::time_point deadline_ = steady_clock::time_point::max();
  bool is_late_ = false;
  std::vector<migrate::PendingMigration> pending_;
  std::vector<Rung> rungs_;
  std::vector<size_t> filled_;  // backfills that this run has worked on
};

}  // namespace

int Climb(Program& program, const ClimbLimits& limits) { return Climber(program, limits).Run(); }

}  // namespace rung::cli
