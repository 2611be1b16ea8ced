// Watches the server while a backfill runs, on a connection and a thread of its own: judges how hard the
// workers may work, follows what is tuned meanwhile, and keeps the run's row up to date.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "backfill/limits.h"
#include "backfill/pace.h"
#include "backfill/run_record.h"
#include "core/actor.h"
#include "core/event.h"
#include "core/version.h"
#include "pg/connection.h"
#include "pg/own_schema.h"
#include "pg/target.h"

namespace rung::backfill {

// What it is told about the run that it watches.
struct WatchedRun {
  const pg::Target& target;
  std::string application_name;  // of the workers' sessions too: who waits for them is looked for
  const pg::OwnSchema& schema;
  const core::Actor& actor;
  core::EventSink& events;
  core::Version version;
  std::string label;
  Limits limits;
};

class Pacer {
 public:
  // Looks once, on the given connection, so that the first batch is judged like all others; then goes
  // on by itself. The connection is left alone until the end, and writes that down.
  // Shape:  tables is an oid[] literal.
  Pacer(WatchedRun run, std::string tables, pg::Connection& connection);

  // Ends the run's row with its outcome; "failed" where none was told. What cannot be written then
  // is not: the row's age tells as much.
  ~Pacer();
  Pacer(const Pacer&) = delete;
  Pacer& operator=(const Pacer&) = delete;
  void Conclude(std::string outcome) { outcome_ = std::move(outcome); }

  // From now on the signals are about these tables.
  void Watch(std::string tables);

  // Returns when the next batch may begin, a stop is asked for, or the deadline has passed.
  void AwaitTurn(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline);

  // As tuned, and for batch_target as judged.
  Limits limits() const;

  void CountBatch(int64_t rows);
  void CountRetry();

  // A table that wants a vacuum, for one caller at a time, and not soon again.
  std::optional<std::string> TakeVacuum();

 private:
  void LookOn(const std::stop_token& stop);
  void Look(pg::Connection& connection);
  void Follow(const std::map<std::string, std::string>& tuning);
  void Adopt(Verdict verdict, std::chrono::steady_clock::time_point now);
  void LoseSight(const std::string& why);
  std::string Tables() const;
  RunState State() const;

  const WatchedRun run_;
  pg::Connection& connection_;
  int64_t run_id_ = 0;
  std::string outcome_ = "failed";

  mutable std::mutex mutex_;  // for all below
  std::condition_variable_any changed_;
  std::string tables_;
  Limits limits_;
  std::map<std::string, std::string> tuning_;
  Pace pace_;
  Verdict verdict_;
  std::string held_by_;
  std::map<std::string, std::chrono::milliseconds> held_;
  std::optional<std::chrono::steady_clock::time_point> looked_at_;
  std::optional<std::chrono::steady_clock::time_point> held_since_;
  std::chrono::steady_clock::time_point no_vacuum_before_;
  bool is_blind_ = false;
  int64_t rows_ = 0, batches_ = 0, retries_ = 0;
  int64_t rows_before_ = 0;  // at the last look
  double rows_per_second_ = 0;

  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace rung::backfill
