#include "pg/run_lock.h"

#include <fmt/format.h>

#include <random>

#include "core/error.h"
#include "core/sleep.h"

namespace rung::pg {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kTry = "SELECT pg_try_advisory_xact_lock(hashtextextended('rung:' || $1, 0))";

// classid and objid are the key's upper and lower half.
constexpr const char* kHolder = R"(
SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local socket'),
       coalesce(a.usename, ''), coalesce(a.xact_start::timestamptz(0)::text, '')
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid,
     hashtextextended('rung:' || $1, 0) AS key
WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.classid = ((key >> 32) & 4294967295)::oid AND l.objid = (key & 4294967295)::oid)";

// nullopt where it has just ended. The server would show its sessions as they were when this
// transaction first asked.
std::optional<LockHolder> ReadHolder(Connection& connection, const OwnSchema& schema) {
  connection.Exec("SELECT pg_catalog.pg_stat_clear_snapshot()");
  const pqxx::result rows = connection.Exec(kHolder, {schema.name()});
  if (rows.empty()) return std::nullopt;
  const pqxx::row row = rows[0];
  return LockHolder{row[0].as<int>(), row[1].as<std::string>(), row[2].as<std::string>(),
                    row[3].as<std::string>(), row[4].as<std::string>()};
}

}  // namespace

std::string Describe(const LockHolder& holder) {
  return fmt::format("pid {} ({}, user {}, from {}, since {})", holder.pid,
                     holder.application.empty() ? "no application name" : holder.application,
                     holder.user, holder.client, holder.since.empty() ? "?" : holder.since);
}

RunLock::RunLock(const Target& target, const std::string& application_name, const OwnSchema& schema,
                 milliseconds patience, std::stop_token stop,
                 const std::function<void(const LockHolder&)>& on_wait)
    : connection_(target, application_name, stop) {
  // A platform's idle limit must not end the transaction that holds the lock.
  connection_.Exec(
      "BEGIN ISOLATION LEVEL READ COMMITTED; "
      "SET LOCAL idle_in_transaction_session_timeout = 0");
  const auto deadline = steady_clock::now() + patience;
  std::minstd_rand random(std::random_device{}());
  std::optional<LockHolder> holder;
  bool told = false;
  while (!connection_.Exec(kTry, {schema.name()})[0][0].as<bool>()) {
    if (auto seen = ReadHolder(connection_, schema)) holder = std::move(seen);
    if (holder && !told) {
      on_wait(*holder);
      told = true;
    }
    if (stop.stop_requested()) {
      throw core::Error(core::Failure::kInterrupted,
                        core::Problem{"", "interrupted while waiting for the other run", {}},
                        "nothing was changed by this run", "run it again");
    }
    if (steady_clock::now() >= deadline) {
      throw core::Error(
          core::Failure::kBusy,
          core::Problem{
              "", "another run holds the lock: " + (holder ? Describe(*holder) : "unknown"), {}},
          "nothing was changed by this run",
          "wait for it, or raise --lock-wait; if it hangs, end it with "
          "`SELECT pg_terminate_backend(" +
              std::to_string(holder ? holder->pid : 0) + ")`");
    }
    core::SleepFor(milliseconds(200 + random() % 300), stop);
  }
  // A query with parameters keeps its snapshot until the next query, and CREATE INDEX CONCURRENTLY
  // would wait for that for ever.
  connection_.Exec("SELECT");
}

void RunLock::RequireHeld() {
  constexpr std::chrono::seconds kAskAfter{10};
  const auto now = steady_clock::now();
  if (!connection_.HasUnreadInput() && now - asked_ < kAskAfter) return;
  asked_ = now;
  try {
    connection_.Exec("SELECT 1");
  } catch (const std::exception& e) {
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{
            "", fmt::format("the connection that holds the run lock is lost ({})", e.what()), {}},
        "everything committed so far is kept, and nothing else; another run may have started",
        "run it again");
  }
}

}  // namespace rung::pg
