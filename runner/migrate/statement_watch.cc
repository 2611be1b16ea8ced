#include "migrate/statement_watch.h"

#include <algorithm>

#include "pg/activity.h"
#include "pg/transaction.h"

namespace rung::migrate {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLookEvery{1000};
constexpr milliseconds kLookEagerlyEvery{25};
constexpr seconds kConnectAgainAfter{30};

}  // namespace

StatementWatch::StatementWatch(const pg::Target& target, std::string application_name,
                               core::EventSink& events, milliseconds look_after)
    : target_(target),
      application_name_(std::move(application_name)),
      events_(events),
      look_after_(std::clamp(look_after, milliseconds(10), kLookEvery)) {}

StatementWatch::~StatementWatch() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void StatementWatch::Begin(WatchedStatement statement, bool is_blocked) {
  const std::lock_guard lock(mutex_);
  current_ = std::move(statement);
  ++serial_;
  started_ = Clock::now();
  is_eager_ = is_blocked;
  next_look_ = started_ + (is_blocked ? milliseconds(0) : look_after_);
  tell_blockers_at_ = started_;
  blockers_.clear();
  told_pids_.clear();
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) { Watch(stop); });
  }
  if (is_blocked) begun_.notify_all();
}

void StatementWatch::End() {
  const std::lock_guard lock(mutex_);
  current_.reset();
}

std::vector<core::Blocker> StatementWatch::LastBlockers() {
  const std::lock_guard lock(mutex_);
  return blockers_;
}

// Begin() wakes nobody, which would cost more than a quick statement; the thread wakes by itself.
void StatementWatch::Watch(const std::stop_token& stop) {
  const milliseconds nap = look_after_ / 4 + milliseconds(1);
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    const bool is_due = current_ && Clock::now() >= next_look_;
    if (!is_due) {
      const uint64_t seen = serial_;
      begun_.wait_for(lock, stop, is_eager_ && current_ ? kLookEagerlyEvery : nap,
                      [&] { return is_eager_ && serial_ != seen; });
      continue;
    }
    const WatchedStatement statement = *current_;
    const uint64_t serial = serial_;
    lock.unlock();
    Look(statement, serial, stop);
    lock.lock();
    if (serial_ == serial) {
      next_look_ = Clock::now() + (is_eager_ ? kLookEagerlyEvery : kLookEvery);
    }
  }
}

void StatementWatch::Look(const WatchedStatement& statement, uint64_t serial,
                          const std::stop_token& stop) {
  std::vector<core::Blocker> blockers;
  std::optional<pg::Advance> advance;
  try {
    if (pg::Connection* connection = Connect(stop)) {
      pg::Transaction look(*connection, {.statement_timeout = seconds(5), .read_only = true});
      std::optional<int> pid = statement.pid;
      if (statement.pid == 0) pid = pg::FindSession(*connection, application_name_, statement.text);
      if (pid) {
        blockers = pg::ReadBlockers(*connection, *pid);
        if (blockers.empty()) advance = pg::ReadAdvance(*connection, *pid);
      }
      look.Commit();
    }
  } catch (const std::exception&) {
    connection_.reset();
    connect_at_ = Clock::now() + kConnectAgainAfter;
  }
  const std::lock_guard lock(mutex_);
  if (!current_ || serial_ != serial) return;  // it has ended meanwhile
  const Clock::time_point now = Clock::now();
  const auto elapsed = duration_cast<milliseconds>(now - started_);
  if (!blockers.empty()) {
    blockers_ = blockers;
    is_eager_ = false;
    if (IsTimeToTellOfBlockers(now)) {
      events_.Emit(core::StatementBlocked{statement.file, statement.number, statement.statements,
                                          statement.head, elapsed, std::move(blockers)});
    }
    return;
  }
  if (elapsed < look_after_) return;
  is_eager_ = false;
  core::StatementRunning running{statement.file,
                                 statement.number,
                                 statement.statements,
                                 statement.head,
                                 elapsed,
                                 "",
                                 "",
                                 0,
                                 0};
  if (advance) {
    running.phase = advance->phase;
    running.unit = advance->unit;
    running.done = advance->done;
    running.total = advance->total;
  }
  events_.Emit(running);
}

pg::Connection* StatementWatch::Connect(const std::stop_token& stop) {
  if (!connection_ && Clock::now() >= connect_at_) {
    connect_at_ = Clock::now() + kConnectAgainAfter;
    connection_.emplace(target_, application_name_ + " watch", stop);
  }
  return connection_ ? &*connection_ : nullptr;
}

// At once where they are others than before, else after five seconds, then every thirty.
bool StatementWatch::IsTimeToTellOfBlockers(Clock::time_point now) {
  std::vector<int> pids;
  for (const core::Blocker& blocker : blockers_) pids.push_back(blocker.pid);
  const bool are_others = pids != told_pids_;
  if (!are_others && now < tell_blockers_at_) return false;
  tell_blockers_at_ = now + (now - started_ < seconds(5) ? seconds(5) : seconds(30));
  told_pids_ = std::move(pids);
  return true;
}

}  // namespace rung::migrate
