#include "backfill/worker.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

#include "backfill/advance.h"
#include "backfill/batch.h"
#include "backfill/bisect.h"
#include "backfill/geometry.h"
#include "backfill/pacer.h"
#include "core/error.h"
#include "core/sleep.h"
#include "pg/connection.h"

namespace rung::backfill {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// After this many failures of one kind in a row the slices get smaller.
constexpr int kPatience = 3;

// So many times what a batch should take is not a matter of chance any more.
constexpr int kFarTooLong = 4;

// A batch that runs when a stop comes may end by itself for so long.
constexpr milliseconds kGrace{1500};

class Worker {
 public:
  Worker(const RunContext& context, int index, const std::stop_token& stop)
      : context_(context), index_(index), stop_(stop) {}

  WorkEnd Run() {
    for (;;) {
      try {
        pg::Connection connection(context_.target, context_.application_name, stop_);
        lost_since_.reset();
        const pg::CancelOnStop cancel(connection, stop_, kGrace);
        return RunConnected(connection);
      } catch (const pg::ConnectionLost& lost) {
        WaitForServer(lost.what());
      } catch (const core::Error& error) {
        if (error.failure() == core::Failure::kInterrupted) return WorkEnd::kStopped;
        // Only a worker that had a connection waits for another one.
        if (!lost_since_ || error.failure() != core::Failure::kFailed) throw;
        WaitForServer(error.problems().front().what);
      }
      if (stop_.stop_requested()) return WorkEnd::kStopped;
    }
  }

 private:
  WorkEnd RunConnected(pg::Connection& connection) {
    for (;;) {
      context_.pacer->AwaitTurn(stop_, context_.settings.deadline);
      if (stop_.stop_requested()) return WorkEnd::kStopped;
      if (steady_clock::now() >= context_.settings.deadline) return WorkEnd::kDeadline;
      const Limits limits = context_.pacer->limits();
      if (index_ >= limits.jobs) return WorkEnd::kDismissed;
      sizer_.Aim(limits.batch_target);
      try {
        // What the last slice of a chunk has left dead can be pruned when every batch has ended that
        // began before it did: another chunk in between gives them the time.
        if (TryBatch(connection, limits, limits.jobs > 1 ? last_chunk_ : 0)) continue;
        switch (Advance(connection, context_, sizer_.batch_rows())) {
          case Step::kMoved:
            idle_ = kShortestIdle;
            break;
          case Step::kNothing:
            if (TryBatch(connection, limits, 0)) break;
            core::SleepFor(idle_, stop_);
            idle_ = std::min(idle_ * 2, kLongestIdle);
            break;
          case Step::kComplete:
            return WorkEnd::kComplete;
          case Step::kNotRunning:
            return WorkEnd::kNotRunning;
        }
      } catch (const BatchFailed& failed) {
        Recover(connection, failed);
      } catch (const pg::ServerError& error) {  // of the ledger's own statements
        if (stop_.stop_requested()) return WorkEnd::kStopped;
        if (pg::RemedyFor(error.sqlstate) == pg::Remedy::kNone) throw Failed("", error);
        Backoff("", error);
      }
    }
  }

  bool TryBatch(pg::Connection& connection, const Limits& limits, int64_t avoid_chunk) {
    const auto refused = std::exchange(refused_chunk_, std::nullopt);
    const auto batch =
        refused
            ? RunBisectedBatch(connection, context_, *refused)
            : RunBatch(
                  connection, context_,
                  {.rows = sizer_.batch_rows(), .avoid_chunk = avoid_chunk, .retries = retries_});
    if (!batch) return false;
    last_chunk_ = batch->chunk_id;
    if (!refused) sizer_.Observe(batch->rows, batch->took);
    Conclude(connection, *batch, limits);
    return true;
  }

  void Conclude(pg::Connection& connection, const Batch& batch, const Limits& limits) {
    failures_ = 0;
    retries_ = 0;
    idle_ = kShortestIdle;
    context_.pacer->CountBatch(batch.rows);
    context_.events.Emit(core::BatchCommitted{
        batch.plan->table, batch.rows, std::chrono::duration_cast<milliseconds>(batch.took)});
    // The rest of its chunk was cut for rows that were cheaper.
    if (batch.took > kFarTooLong * limits.batch_target && batch.rows > 2 * sizer_.batch_rows()) {
      Halve(connection, batch.chunk_id);
    }
    if (const auto table = context_.pacer->TakeVacuum()) Vacuum(connection, *table);
    if (limits.nice > 0) {
      core::SleepFor(std::chrono::duration_cast<milliseconds>(limits.nice * batch.took), stop_);
    }
  }

  // Leaves the table alone where somebody else has it: dead rows are no reason to wait.
  void Vacuum(pg::Connection& connection, const std::string& table) {
    const auto started = steady_clock::now();
    try {
      connection.Exec(fmt::format("VACUUM (SKIP_LOCKED) {}", table));
    } catch (const pg::ServerError& error) {
      context_.events.Emit(core::Notice{core::Notice::Level::kDetail,
                                        fmt::format("{}: not vacuumed: {}", table, error.what())});
      return;
    }
    context_.events.Emit(core::Notice{
        core::Notice::Level::kInfo,
        fmt::format("{}: vacuumed in {:.1f} s, for its dead rows", table,
                    std::chrono::duration<double>(steady_clock::now() - started).count())});
  }

  void Recover(pg::Connection& connection, const BatchFailed& failed) {
    if (stop_.stop_requested()) return;
    if (pg::BlamesARow(failed.error.sqlstate)) {
      refused_chunk_ = failed.chunk.id;
      return;
    }
    const pg::Remedy remedy = pg::RemedyFor(failed.error.sqlstate);
    if (remedy == pg::Remedy::kNone) throw Failed(failed.plan->place, failed.error, failed.plan);
    Backoff(failed.plan->table, failed.error);
    if (remedy == pg::Remedy::kRetry && failures_ < kPatience) return;
    failures_ = 0;
    if (!Halve(connection, failed.chunk.id) && remedy == pg::Remedy::kSmaller) {
      throw Failed(failed.plan->place, failed.error, failed.plan);
    }
  }

  // False where the slices cannot get smaller; a chunk that another worker took meanwhile is its
  // own.
  bool Halve(pg::Connection& connection, int64_t chunk_id) {
    try {
      pg::Transaction transaction(connection, kBatchTransaction);
      const bool halved = HalveSlices(transaction, context_.schema, chunk_id);
      transaction.Commit();
      return halved;
    } catch (const pg::ServerError&) {
      return true;
    }
  }

  void Backoff(const std::string& table, const pg::ServerError& error) {
    ++failures_;
    ++retries_;
    context_.pacer->CountRetry();
    context_.events.Emit(core::BatchRetried{table, error.what()});
    core::SleepFor(milliseconds(50 + random_() % (100u << std::min(failures_, 5))), stop_);
  }

  // Sleeps before the next try, or gives up when the budget is used.
  void WaitForServer(const std::string& why) {
    const auto now = steady_clock::now();
    if (!lost_since_) lost_since_ = now;
    if (now - *lost_since_ > context_.settings.reconnect_for) {
      throw core::Error(core::Failure::kFailed,
                        core::Problem{context_.target.description,
                                      fmt::format("no connection for {} s: {}",
                                                  std::chrono::duration_cast<std::chrono::seconds>(
                                                      context_.settings.reconnect_for)
                                                      .count(),
                                                  why),
                                      {}},
                        "every committed batch is kept", "run it again when the server is back");
    }
    context_.events.Emit(core::Notice{core::Notice::Level::kWarning,
                                      fmt::format("connection lost ({}), trying again", why)});
    core::SleepFor(milliseconds(100 + random_() % 400), stop_);
  }

  core::Error Failed(const std::string& place, const pg::ServerError& error,
                     const FillPlan* plan = nullptr) const {
    core::Problem problem{place.empty() ? context_.label : place,
                          (plan == nullptr ? "" : plan->table + ": ") + error.what(),
                          error.Details()};
    return core::Error(core::Failure::kFailed, std::move(problem),
                       "this batch is rolled back, every batch before it is kept",
                       "remove the cause, then run it again: it goes on from here");
  }

  static constexpr milliseconds kShortestIdle{5};
  static constexpr milliseconds kLongestIdle{250};

  const RunContext& context_;
  const int index_;
  const std::stop_token stop_;
  BatchSizer sizer_;
  int failures_ = 0;  // in a row
  int retries_ = 0;   // since the last batch
  int64_t last_chunk_ = 0;
  std::optional<int64_t> refused_chunk_;  // whose slice has a row that the server refuses
  milliseconds idle_ = kShortestIdle;
  std::optional<steady_clock::time_point> lost_since_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace

WorkEnd Work(const RunContext& context, int index, const std::stop_token& stop) {
  return Worker(context, index, stop).Run();
}

}  // namespace rung::backfill
