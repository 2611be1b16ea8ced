// Judges what the server tells by the limits: hold, go on, or go on with less. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backfill/limits.h"
#include "backfill/readings.h"

namespace rung::backfill {

// One signal, as status shows it.
struct Signal {
  std::string name;   // "replica lag"
  std::string value;  // "31 s"; empty where it cannot be read
  std::string limit;  // "10 s"; empty where there is none
  bool is_over = false;
};

struct Verdict {
  std::vector<Signal> signals;
  std::optional<size_t> hold;  // the first of the signals that is over its limit
  double batch_share = 1;      // of the target duration that batches may take now
  std::string vacuum;          // the table that should be vacuumed; empty for none

  // "replica lag 31 s, limit 10 s"
  std::string Reason() const;
};

class Pace {
 public:
  // Shape:  since_last: since the readings before these; none the first time.
  Verdict Judge(const Limits& limits, const Readings& readings,
                std::optional<std::chrono::milliseconds> since_last);

 private:
  Signal JudgeWalRate(const Limits& limits, const Readings& readings,
                      std::optional<std::chrono::milliseconds> since_last);
  Signal JudgeBlocked(const Readings& readings);

  int64_t wal_position_ = 0;
  double wal_rate_ = 0;       // bytes per second, since the last look
  double wal_overdraft_ = 0;  // bytes written beyond what the limit allows so far
  int looks_blocked_ = 0;     // in a row
  double batch_share_ = 1;
};

}  // namespace rung::backfill
