// What happens while a command runs, as plain data. Engines emit; cli/ renders.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace rung::core {

// Something a person should know that has no shape of its own.
struct Notice {
  enum class Level { kDetail, kInfo, kWarning } level = Level::kInfo;
  std::string text;
};

struct MigrationStarted {
  std::string file;  // "024_add_clerk_org_id"
  int statements = 0;
  int resumes_at = 0;  // statements that an earlier run has done
  bool one_transaction = true;
};

// Outside of a transaction every statement is told, for each is kept by itself.
struct StatementStarted {
  std::string file;
  int number = 0;  // from 1
  int statements = 0;
  std::string head;
};

// A statement that takes its time: told every second, rendered as often as is good for the reader.
struct StatementRunning {
  std::string file;
  int number = 0;  // from 1
  int statements = 0;
  std::string head;
  std::chrono::milliseconds elapsed{0};
  std::string phase;  // "building index: scanning table"; empty where the server does not tell
  std::string unit;   // of the figures: "blocks", "rows"
  int64_t done = 0;
  int64_t total = 0;  // 0: not known
};

// A session that keeps another one waiting, as far as the role may see it.
struct Blocker {
  int pid = 0;
  std::string application;
  std::string user;
  std::string state;  // "idle in transaction"; empty where the role may not see it
  std::string query;  // the first line of its last statement
  std::string since;  // its transaction's start, by the server's clock
};

// A statement that waits for other sessions.
struct StatementBlocked {
  std::string file;
  int number = 0;  // from 1
  int statements = 0;
  std::string head;
  std::chrono::milliseconds elapsed{0};
  std::vector<Blocker> blockers;  // at least one
};

struct MigrationApplied {
  std::string file;
  int statements = 0;
  std::chrono::milliseconds took{0};
};

struct BackfillStarted {
  std::string backfill;  // "024_clerk_org_id"
  int fills = 0;
  int fills_complete = 0;  // by earlier runs
  int jobs = 0;
};

struct FillStarted {
  std::string table;
  std::string sweep;  // "page sweep", "key sweep"
  int pass = 1;
  int64_t rows_estimate = 0;
};

struct BatchCommitted {
  std::string table;
  int64_t rows = 0;
  std::chrono::milliseconds took{0};
};

// A batch that could not be done now and is tried again.
struct BatchRetried {
  std::string table;
  std::string reason;
};

// A signal of the server is over its limit: no batch begins until it is not.
struct BackfillHeld {
  std::string backfill;
  std::string signal;  // "replica lag"
  std::string reason;  // "replica lag 31 s, limit 10 s"
};

struct BackfillReleased {
  std::string backfill;
  std::string signal;
  std::chrono::milliseconds held{0};
};

// A row that the database refuses, which is left out from now on.
struct RowSetAside {
  std::string table;
  std::string key;  // "17"
  std::string reason;
};

struct FillVerified {
  std::string table;
  int pass = 1;
  int64_t rows_filled = 0;     // by all runs
  int64_t rows_fillable = 0;   // found by the verification: 0 means complete
  int64_t rows_set_aside = 0;  // and not counted as fillable
};

struct BackfillCompleted {
  std::string backfill;
  int64_t rows_filled = 0;            // by all runs
  std::chrono::milliseconds took{0};  // this run
};

using Event =
    std::variant<Notice, MigrationStarted, StatementStarted, StatementRunning, StatementBlocked,
                 MigrationApplied, BackfillStarted, FillStarted, BatchCommitted, BatchRetried,
                 BackfillHeld, BackfillReleased, RowSetAside, FillVerified, BackfillCompleted>;

class EventSink {
 public:
  virtual ~EventSink() = default;

  // May be called from any thread; never throws.
  virtual void Emit(const Event& event) noexcept = 0;
};

}  // namespace rung::core
