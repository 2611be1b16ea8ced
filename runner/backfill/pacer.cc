#include "backfill/pacer.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "backfill/ledger.h"
#include "core/error.h"
#include "core/sleep.h"

namespace rung::backfill {
namespace {

using core::Notice;
using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kBetweenLooks{500};
constexpr milliseconds kBetweenConnections{2000};
constexpr std::chrono::minutes kBetweenVacuums{2};

}  // namespace

Pacer::Pacer(WatchedRun run, std::string tables, pg::Connection& connection)
    : run_(std::move(run)),
      connection_(connection),
      tables_(std::move(tables)),
      limits_(run_.limits),
      no_vacuum_before_(steady_clock::now()) {
  run_id_ = BeginRun(connection, run_.schema, run_.version, run_.actor, run_.application_name);
  Look(connection);
  thread_ = std::jthread([this](const std::stop_token& stop) { LookOn(stop); });
}

Pacer::~Pacer() {
  thread_.request_stop();
  thread_.join();
  try {
    EndRun(connection_, run_.schema, run_id_, State(), outcome_);
  } catch (const std::exception&) {  // the connection is gone
  }
}

void Pacer::Watch(std::string tables) {
  const std::lock_guard lock(mutex_);
  tables_ = std::move(tables);
}

void Pacer::AwaitTurn(const std::stop_token& stop, steady_clock::time_point deadline) {
  constexpr milliseconds kLook{200};
  std::unique_lock lock(mutex_);
  while (verdict_.hold && !stop.stop_requested() && steady_clock::now() < deadline) {
    changed_.wait_for(lock, stop, kLook, [this] { return !verdict_.hold; });
  }
}

Limits Pacer::limits() const {
  const std::lock_guard lock(mutex_);
  Limits limits = limits_;
  limits.batch_target = std::max(
      milliseconds(1), duration_cast<milliseconds>(limits.batch_target * verdict_.batch_share));
  return limits;
}

void Pacer::CountBatch(int64_t rows) {
  const std::lock_guard lock(mutex_);
  rows_ += rows;
  ++batches_;
}

void Pacer::CountRetry() {
  const std::lock_guard lock(mutex_);
  ++retries_;
}

std::optional<std::string> Pacer::TakeVacuum() {
  const std::lock_guard lock(mutex_);
  if (verdict_.vacuum.empty() || steady_clock::now() < no_vacuum_before_) return std::nullopt;
  no_vacuum_before_ = steady_clock::now() + kBetweenVacuums;
  return std::exchange(verdict_.vacuum, {});
}

void Pacer::LookOn(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      pg::Connection connection(run_.target, run_.application_name, stop);
      do {
        Look(connection);
        SaveRun(connection, run_.schema, run_id_, State());
        core::SleepFor(kBetweenLooks, stop);
      } while (!stop.stop_requested());
    } catch (const std::exception& error) {
      if (stop.stop_requested()) return;
      LoseSight(error.what());
      core::SleepFor(kBetweenConnections, stop);
    }
  }
}

void Pacer::Look(pg::Connection& connection) {
  const Standing standing = ReadStanding(connection, run_.schema, run_.version);
  const Readings readings = ReadServer(connection, Tables());
  const auto now = steady_clock::now();
  const std::lock_guard lock(mutex_);
  is_blind_ = false;
  Follow(standing.tuning);
  std::optional<milliseconds> since_last;
  if (looked_at_) since_last = duration_cast<milliseconds>(now - *looked_at_);
  if (since_last && since_last->count() > 0) {
    const double rate =
        static_cast<double>(rows_ - rows_before_) / duration<double>(*since_last).count();
    rows_per_second_ = rows_per_second_ * 0.8 + rate * 0.2;
  }
  rows_before_ = rows_;
  Verdict verdict = pace_.Judge(limits_, readings, since_last);
  // Nothing is held back that somebody has paused: the workers are to see that.
  if (standing.state != "running") verdict.hold.reset();
  Adopt(std::move(verdict), now);
  looked_at_ = now;
}

void Pacer::Follow(const std::map<std::string, std::string>& tuning) {
  if (tuning == tuning_) return;
  tuning_ = tuning;
  limits_ = run_.limits;
  std::string told;
  for (const auto& [name, text] : tuning_) {
    try {
      SetLimit(limits_, name, "rung tune", text);
      told += fmt::format("{}{} {}", told.empty() ? "" : ", ", name, text);
    } catch (const core::Error&) {  // written by another version: its word is not known here
    }
  }
  run_.events.Emit(Notice{Notice::Level::kInfo,
                          fmt::format("{}: tuned: {}", run_.label,
                                      told.empty() ? "back to what this run was given" : told)});
}

void Pacer::Adopt(Verdict verdict, steady_clock::time_point now) {
  const std::string held_by = verdict.hold ? verdict.signals[*verdict.hold].name : "";
  if (!held_by_.empty() && looked_at_) {
    held_[held_by_] += duration_cast<milliseconds>(now - *looked_at_);
  }
  if (held_by != held_by_) {
    if (!held_by.empty()) {
      run_.events.Emit(core::BackfillHeld{run_.label, held_by, verdict.Reason()});
      if (!held_since_) held_since_ = now;
    } else {
      run_.events.Emit(core::BackfillReleased{
          run_.label, held_by_, duration_cast<milliseconds>(now - held_since_.value_or(now))});
      held_since_.reset();
    }
  }
  held_by_ = held_by;
  verdict_ = std::move(verdict);
  if (!verdict_.hold) changed_.notify_all();
}

// What cannot be seen holds nothing: a backfill must not stand because its watch has lost the server.
void Pacer::LoseSight(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (!std::exchange(is_blind_, true)) {
    run_.events.Emit(
        Notice{Notice::Level::kWarning,
               fmt::format("{}: the server's signals cannot be read ({}), going on without",
                           run_.label, why)});
  }
  held_by_.clear();
  held_since_.reset();
  looked_at_.reset();
  verdict_ = {};
  changed_.notify_all();
}

std::string Pacer::Tables() const {
  const std::lock_guard lock(mutex_);
  return tables_;
}

RunState Pacer::State() const {
  const std::lock_guard lock(mutex_);
  return {.jobs = limits_.jobs,
          .rows = rows_,
          .batches = batches_,
          .retries = retries_,
          .rows_per_second = rows_per_second_,
          .batch_target = duration_cast<milliseconds>(limits_.batch_target * verdict_.batch_share),
          .held_by = held_by_,
          .signals = verdict_.signals,
          .held = held_};
}

}  // namespace rung::backfill
