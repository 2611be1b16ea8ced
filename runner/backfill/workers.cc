#include "backfill/workers.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <functional>
#include <list>
#include <mutex>
#include <thread>

#include "backfill/pacer.h"

namespace rung::backfill {
namespace {

// How often the number of workers is looked at.
constexpr std::chrono::milliseconds kBetweenLooks{200};

class Workers {
 public:
  Workers(const RunContext& context, const std::stop_token& stop)
      : context_(context), forward_(stop, [this] { stop_.request_stop(); }) {}

  WorkEnd Run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      Collect();
      if (!is_ending_) Engage();
      if (workers_.empty()) break;
      changed_.wait_for(lock, kBetweenLooks, [this] { return has_ended_; });
    }
    if (first_error_) std::rethrow_exception(first_error_);
    return end_;
  }

 private:
  struct Engaged {
    int index = 0;
    bool is_over = false;
    std::jthread thread;
  };

  // One for each number below the limit that has none; those above it go by themselves.
  void Engage() {
    const int wanted = context_.pacer->limits().jobs;
    for (int index = 0; index < wanted; ++index) {
      const bool is_there =
          std::any_of(workers_.begin(), workers_.end(),
                      [&](const Engaged& worker) { return worker.index == index; });
      if (is_there) continue;
      Engaged& worker = workers_.emplace_back(Engaged{index, false, {}});
      worker.thread = std::jthread([this, &worker] { Work(worker); });
    }
  }

  void Work(Engaged& worker) {
    std::exception_ptr error;
    WorkEnd end = WorkEnd::kStopped;
    try {
      end = backfill::Work(context_, worker.index, stop_.get_token());
    } catch (...) {
      error = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    worker.is_over = true;
    has_ended_ = true;
    if (error) {
      if (!first_error_) first_error_ = error;
      stop_.request_stop();
    }
    if (error || end != WorkEnd::kDismissed) {
      is_ending_ = true;
      if (!error && end_ != WorkEnd::kComplete) end_ = end;
    }
    changed_.notify_all();
  }

  // Their last words are said under the lock that is held here.
  void Collect() {
    has_ended_ = false;
    workers_.remove_if([](const Engaged& worker) { return worker.is_over; });
  }

  const RunContext& context_;
  std::stop_source stop_;
  const std::stop_callback<std::function<void()>> forward_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool has_ended_ = false;
  bool is_ending_ = false;
  std::exception_ptr first_error_;
  WorkEnd end_ = WorkEnd::kStopped;
  std::list<Engaged> workers_;  // last: their threads use all of the above
};

}  // namespace

WorkEnd RunWorkers(const RunContext& context, const std::stop_token& stop) {
  return Workers(context, stop).Run();
}

}  // namespace rung::backfill
