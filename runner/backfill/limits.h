// How hard a backfill may work: limits that a run begins with, and that may be changed while it goes
// on. Each has one name: of its flag, of its setting, of its key in the ledger. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace rung::backfill {

// A part of the day by the server's clock; it may reach over midnight.
struct Window {
  std::chrono::minutes begin{0};
  std::chrono::minutes end{0};

  bool Contains(std::chrono::seconds time_of_day) const;
};

// Zero of a limit means that there is none.
struct Limits {
  int jobs = 1;
  std::chrono::milliseconds batch_target{200};  // what a batch should take
  double nice = 0;                              // rest so many times what the batch took
  std::optional<Window> window;
  int64_t max_wal_rate = 0;  // bytes per second, of the whole server
  std::chrono::milliseconds max_replica_lag{std::chrono::seconds(10)};
  int64_t max_slot_lag = int64_t{1} << 30;  // bytes, of a slot that is read from
  std::chrono::milliseconds max_snapshot_age{0};
  bool yield_to_vacuum = false;
  int vacuum_at = 50;  // percent of dead rows
};

// The limits by name, in the order in which help lists them.
struct LimitName {
  const char* name;        // "max-wal-rate"
  const char* value_name;  // "RATE"
  const char* help;
};
std::span<const LimitName> LimitNames();

// Shape:  name is one of LimitNames(); place is named by the error.
// Errors: core::Error (kUsage): the text is not such a value.
void SetLimit(Limits& limits, const std::string& name, const std::string& place,
              const std::string& text);

}  // namespace rung::backfill
