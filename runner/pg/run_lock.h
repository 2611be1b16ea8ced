// One migrating run at a time per database and schema.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::pg {

// The session that holds the lock, as far as the role may see it.
struct LockHolder {
  int pid = 0;
  std::string application;
  std::string client;  // address, or "local socket"
  std::string user;
  std::string since;  // its transaction's start, by the server's clock
};

// "pid 4711 (rung up, user app, from 10.0.0.7, since 2026-08-01 03:00:11+00)"
std::string Describe(const LockHolder& holder);

// A transaction-level advisory lock in an otherwise idle transaction on a connection of its own:
// held until this object or its connection is gone. It works through a transaction-mode pooler, and
// CREATE INDEX CONCURRENTLY does not wait for it.
// Source: measured on PostgreSQL 15: a blocking pg_advisory_lock call deadlocks with CONCURRENTLY.
class RunLock {
 public:
  // Tries and polls up to `patience`; `on_wait` is called once with whoever holds it.
  // Errors: core::Error: kBusy when patience ends, kInterrupted when stopped.
  RunLock(const Target& target, const std::string& application_name, const OwnSchema& schema,
          std::chrono::milliseconds patience, std::stop_token stop,
          const std::function<void(const LockHolder&)>& on_wait);

  // Nearly free, so that it can be asked before every statement: looks whether the server has closed
  // the lock's own connection, and now and then sends a question over it, for a host that has gone
  // without a word.
  // Errors: core::Error (kFailed) when that connection is gone, and the lock with it.
  void RequireHeld();

 private:
  Connection connection_;
  std::chrono::steady_clock::time_point asked_ = std::chrono::steady_clock::now();
};

}  // namespace rung::pg
