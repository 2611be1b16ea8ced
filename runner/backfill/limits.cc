#include "backfill/limits.h"

#include <fmt/format.h>

#include <charconv>
#include <cmath>

#include "core/error.h"
#include "core/quantity.h"

namespace rung::backfill {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr LimitName kNames[] = {
    {"jobs", "N", "workers (default: 1)"},
    {"batch-ms", "MS", "what a batch should take (default: 200)"},
    {"nice", "R", "rest R times what each batch took (default: 0)"},
    {"window", "FROM-TO", "work only at this time of day, by the server's clock: 22:00-06:00"},
    {"max-wal-rate", "RATE",
     "hold while the server writes more WAL a second: 20MB (default: 0, no limit)"},
    {"max-replica-lag", "TIME",
     "hold while a replica is further behind (default: 10s; 0s: no limit)"},
    {"max-slot-lag", "SIZE",
     "hold while a replication slot's reader is further behind (default: 1GB; 0: no limit)"},
    {"max-snapshot-age", "TIME",
     "hold while a snapshot is older, for it keeps dead rows (default: 0s, no limit)"},
    {"yield-to-vacuum", "on|off", "hold while autovacuum works on the table (default: off)"},
    {"vacuum-at", "PERCENT",
     "vacuum the table when so much of it is dead rows (default: 50; 0: never)"},
};

core::Error Refused(const std::string& place, const std::string& text, const char* what,
                    const char* next) {
  return core::Error(core::Failure::kUsage,
                     core::Problem{place, fmt::format("\"{}\" is not {}", text, what), {}},
                     "nothing was touched", next);
}

template <typename Number>
std::optional<Number> ParseNumber(const std::string& text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int RequireWhole(const std::string& place, const std::string& text, int least, int most) {
  const auto value = ParseNumber<int>(text);
  if (value && *value >= least && *value <= most) return *value;
  throw Refused(place, text, fmt::format("a whole number from {} to {}", least, most).c_str(),
                "give it one");
}

double RequireRatio(const std::string& place, const std::string& text) {
  const auto value = ParseNumber<double>(text);
  if (value && std::isfinite(*value) && *value >= 0 && *value <= 100) return *value;
  throw Refused(place, text, "a number from 0 to 100", "write 0.5, 1 or 2");
}

milliseconds RequireDuration(const std::string& place, const std::string& text) {
  if (const auto duration = core::ParseDuration(text)) return *duration;
  throw Refused(place, text, "a time", "write 8m, 90s, 1h30m or 250ms");
}

int64_t RequireBytes(const std::string& place, const std::string& text) {
  if (const auto bytes = core::ParseBytes(text)) return *bytes;
  throw Refused(place, text, "a size", "write 512kB, 20MB or 1GB");
}

bool RequireSwitch(const std::string& place, const std::string& text) {
  if (text == "on") return true;
  if (text == "off") return false;
  throw Refused(place, text, "on or off", "give it one of them");
}

// "22:00"
std::optional<minutes> ParseTimeOfDay(const std::string& text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto hour = ParseNumber<int>(text.substr(0, 2));
  const auto minute = ParseNumber<int>(text.substr(3));
  if (!hour || !minute || *hour < 0 || *hour > 24 || *minute < 0 || *minute > 59)
    return std::nullopt;
  const minutes time = std::chrono::hours(*hour) + minutes(*minute);
  return time <= std::chrono::hours(24) ? std::optional(time) : std::nullopt;
}

std::optional<Window> RequireWindow(const std::string& place, const std::string& text) {
  if (text == "always") return std::nullopt;
  const size_t dash = text.find('-');
  const auto begin = ParseTimeOfDay(text.substr(0, dash));
  const auto end = dash == std::string::npos ? std::nullopt : ParseTimeOfDay(text.substr(dash + 1));
  if (begin && end && *begin != *end) return Window{*begin, *end};
  throw Refused(place, text, "a part of the day", "write 22:00-06:00, or always");
}

}  // namespace

bool Window::Contains(std::chrono::seconds time_of_day) const {
  const bool is_begun = time_of_day >= begin;
  const bool is_over = time_of_day >= end;
  return begin < end ? is_begun && !is_over : is_begun || !is_over;
}

std::span<const LimitName> LimitNames() { return kNames; }

void SetLimit(Limits& limits, const std::string& name, const std::string& place,
              const std::string& text) {
  if (name == "jobs") {
    limits.jobs = RequireWhole(place, text, 1, 64);
  } else if (name == "batch-ms") {
    limits.batch_target = milliseconds(RequireWhole(place, text, 1, 60000));
  } else if (name == "nice") {
    limits.nice = RequireRatio(place, text);
  } else if (name == "window") {
    limits.window = RequireWindow(place, text);
  } else if (name == "max-wal-rate") {
    limits.max_wal_rate = RequireBytes(place, text);
  } else if (name == "max-replica-lag") {
    limits.max_replica_lag = RequireDuration(place, text);
  } else if (name == "max-slot-lag") {
    limits.max_slot_lag = RequireBytes(place, text);
  } else if (name == "max-snapshot-age") {
    limits.max_snapshot_age = RequireDuration(place, text);
  } else if (name == "yield-to-vacuum") {
    limits.yield_to_vacuum = RequireSwitch(place, text);
  } else if (name == "vacuum-at") {
    limits.vacuum_at = RequireWhole(place, text, 0, 100);
  }
}

}  // namespace rung::backfill
