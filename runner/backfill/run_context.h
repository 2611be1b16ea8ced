// What every worker of one run of one backfill shares. Read-only once the workers run.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "backfill/fill_plan.h"
#include "backfill/limits.h"
#include "core/actor.h"
#include "core/event.h"
#include "core/version.h"
#include "pg/own_schema.h"
#include "pg/target.h"
#include "pg/transaction.h"

namespace rung::backfill {

class Pacer;
// A text without the secrets that this program knows.
using Redact = std::function<std::string(const std::string&)>;

// How long a trigger's installation waits for its table lock, at once and in all.
struct LockPatience {
  std::chrono::milliseconds at_once{std::chrono::seconds(3)};
  std::chrono::milliseconds in_all{std::chrono::minutes(5)};
};

struct RunSettings {
  Limits limits;  // to begin with
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
  std::chrono::milliseconds reconnect_for{std::chrono::minutes(1)};
  bool again = false;           // verify complete backfills once more
  bool fix_mismatches = false;  // write over values that differ from the source
  LockPatience lock_patience;
  int64_t max_rejects = 100;  // rows that may be set aside, of the backfill, in all its runs
};

struct RunContext {
  const pg::Target& target;
  std::string application_name;
  const pg::OwnSchema& schema;
  const core::Actor& actor;
  core::EventSink& events;
  RunSettings settings;
  core::Version version;
  std::string label;  // "024_clerk_org_id"
  std::vector<FillPlan> plans;
  std::vector<std::vector<size_t>> waits_for;       // by position in the file
  std::map<int64_t, const FillPlan*> plan_of_fill;  // by the ledger's id
  std::string fill_ids;                             // the same ids as a bigint[] literal
  Pacer* pacer = nullptr;
  Redact redact;  // for every text that is kept
};

// How a batch's transaction runs: it must never wait long, nor outlive a worker that hangs.
inline constexpr pg::TransactionSettings kBatchTransaction{
    .lock_timeout = std::chrono::seconds(1),
    .statement_timeout = std::chrono::seconds(30),
    .idle_timeout = std::chrono::seconds(60),
    .rows_are_all_visible = true,
    .short_statements = true,
    .checks_at_once = true,  // a row that a deferred constraint refuses fails with its update
    .further = "SET LOCAL rung.batch = 'on'",  // which guards leave alone
};

}  // namespace rung::backfill
