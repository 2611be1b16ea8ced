// Looks at the statement that runs, from a connection of its own: who keeps it waiting, how far it
// is. Never fails the run: what cannot be read is not told.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/event.h"
#include "pg/connection.h"
#include "pg/target.h"

namespace rung::migrate {

struct WatchedStatement {
  std::string file;  // "024_add_clerk_org_id"
  int number = 0;    // from 1
  int statements = 0;
  std::string head;
  std::string text;  // needed where pid is 0
  int pid = 0;       // the server's process; 0 where a pooler hides it
};

// One for all files of a run. Its thread starts with the first statement, its connection when a
// statement has taken a second: a file of quick statements costs nothing.
class StatementWatch {
 public:
  // Shape:  look_after is how soon a statement is looked at for the first time, a second at most.
  StatementWatch(const pg::Target& target, std::string application_name, core::EventSink& events,
                 std::chrono::milliseconds look_after);
  ~StatementWatch();
  StatementWatch(const StatementWatch&) = delete;
  StatementWatch& operator=(const StatementWatch&) = delete;

  // Shape:  is_blocked: the one before was, so this one is looked at from the beginning.
  void Begin(WatchedStatement statement, bool is_blocked);

  // When it returns, nothing more is told of the statement.
  void End();

  // Who kept the last statement waiting, as far as that was seen.
  std::vector<core::Blocker> LastBlockers();

 private:
  using Clock = std::chrono::steady_clock;

  void Watch(const std::stop_token& stop);
  void Look(const WatchedStatement& statement, uint64_t serial, const std::stop_token& stop);
  pg::Connection* Connect(const std::stop_token& stop);
  bool IsTimeToTellOfBlockers(Clock::time_point now);

  const pg::Target& target_;
  const std::string application_name_;
  core::EventSink& events_;
  const std::chrono::milliseconds look_after_;

  std::mutex mutex_;
  std::condition_variable_any begun_;
  std::optional<WatchedStatement> current_;
  uint64_t serial_ = 0;  // of the current statement
  Clock::time_point started_;
  Clock::time_point next_look_;
  bool is_eager_ = false;
  std::vector<core::Blocker> blockers_;
  std::vector<int> told_pids_;
  Clock::time_point tell_blockers_at_;

  std::optional<pg::Connection> connection_;  // of the thread
  Clock::time_point connect_at_;
  std::jthread thread_;
};

// For the time of one statement.
class Watched {
 public:
  Watched(StatementWatch& watch, WatchedStatement statement, bool is_blocked) : watch_(watch) {
    watch_.Begin(std::move(statement), is_blocked);
  }
  ~Watched() { watch_.End(); }
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;

 private:
  StatementWatch& watch_;
};

}  // namespace rung::migrate
