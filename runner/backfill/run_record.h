// Owns the table `run`: one row for each process that works or has worked on a backfill. It tells who
// works, what the server's signals were when it last looked, and afterwards what the run came to.
// Nothing is decided by it: a run that was killed is seen by its age.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "backfill/pace.h"
#include "core/actor.h"
#include "core/version.h"
#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::backfill {

std::span<const pg::OwnStep> RunSteps();

// What a run has come to so far.
struct RunState {
  int jobs = 0;
  int64_t rows = 0;
  int64_t batches = 0;
  int64_t retries = 0;
  double rows_per_second = 0;  // of the last seconds
  std::chrono::milliseconds batch_target{0};
  std::string held_by;  // "replica lag"; empty while it works
  std::vector<Signal> signals;
  std::map<std::string, std::chrono::milliseconds> held;  // by signal, all together
};

struct RunRow {
  int64_t id = 0;
  std::string command;  // "rung up"
  std::string host;
  int pid = 0;
  std::string started_at;
  std::string outcome;  // "complete", "stopped" …; empty where it has not said
  double seconds_since_seen = 0;
  double seconds_held = 0;  // since it holds, where it does
  RunState state;

  // It works, or was killed a moment ago.
  bool IsAlive() const { return outcome.empty() && seconds_since_seen < 10; }
};

// Returns the id of the run's row; the oldest ones of the backfill, beyond a hundred, are taken away.
// Tx:     opens and commits its own, like the next two.
int64_t BeginRun(pg::Connection& connection, const pg::OwnSchema& schema,
                 const core::Version& version, const core::Actor& actor,
                 const std::string& command);

void SaveRun(pg::Connection& connection, const pg::OwnSchema& schema, int64_t id,
             const RunState& state);

void EndRun(pg::Connection& connection, const pg::OwnSchema& schema, int64_t id,
            const RunState& state, const std::string& outcome);

// Newest first; empty where an older rung has made the tables.
// Tx:     none; reads.
enum class Which { kAll, kAlive };
std::vector<RunRow> ReadRuns(pg::Connection& connection, const pg::OwnSchema& schema,
                             const core::Version& version, Which which = Which::kAll);

}  // namespace rung::backfill
