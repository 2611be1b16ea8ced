#include "backfill/pace.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace rung::backfill {
namespace {

using std::chrono::duration;
using std::chrono::milliseconds;
using std::chrono::minutes;

constexpr double kSmallestBatchShare = 1.0 / 16;

// Who waits for us at two looks in a row is kept waiting for longer than a batch should take.
constexpr int kLooksBlocked = 2;

// Seconds for which a backfill holds at most for what others have written.
constexpr double kLongestPenance = 10;

std::string TimeText(milliseconds time) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  if (seconds < 10) return fmt::format("{:.1f} s", duration<double>(time).count());
  if (seconds < 120) return fmt::format("{} s", seconds);
  if (seconds < 7200) return fmt::format("{} min", seconds / 60);
  return fmt::format("{} h", seconds / 3600);
}

std::string BytesText(double bytes) {
  constexpr std::array kUnits = {"bytes", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  for (; bytes >= 1023.5 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  return fmt::format("{:.{}f} {}", bytes, unit > 0 && bytes < 9.95 ? 1 : 0, kUnits[unit]);
}

std::string ClockText(minutes time) {
  return fmt::format("{:02}:{:02}", time.count() / 60, time.count() % 60);
}

Signal JudgeWindow(const Limits& limits, const Readings& readings) {
  Signal signal{"time of day", ClockText(std::chrono::duration_cast<minutes>(readings.time_of_day)),
                "", false};
  if (!limits.window) return signal;
  signal.limit = ClockText(limits.window->begin) + "-" + ClockText(limits.window->end);
  signal.is_over = !limits.window->Contains(readings.time_of_day);
  return signal;
}

Signal JudgeTime(const char* name, const std::optional<milliseconds>& value, milliseconds limit) {
  return {name, value ? TimeText(*value) : "", limit.count() > 0 ? TimeText(limit) : "",
          value && limit.count() > 0 && *value > limit};
}

Signal JudgeSlots(const Limits& limits, const Readings& readings) {
  const auto& lag = readings.slot_lag;
  return {"slot lag", lag ? BytesText(static_cast<double>(*lag)) : "",
          limits.max_slot_lag > 0 ? BytesText(static_cast<double>(limits.max_slot_lag)) : "",
          lag && limits.max_slot_lag > 0 && *lag > limits.max_slot_lag};
}

Signal JudgeAutovacuum(const Limits& limits, const Readings& readings) {
  const auto& runs = readings.autovacuum_runs;
  const char* value = !runs ? "" : *runs ? "running" : "none";
  return {"autovacuum", value, limits.yield_to_vacuum ? "none" : "",
          limits.yield_to_vacuum && runs.value_or(false)};
}

// Over its limit it asks for a vacuum, and holds nothing.
Signal ShowDeadRows(const Limits& limits, const Readings& readings) {
  Signal signal{"dead rows", fmt::format("{} %", readings.dead_percent), "", false};
  if (limits.vacuum_at > 0) signal.limit = fmt::format("{} %", limits.vacuum_at);
  return signal;
}

}  // namespace

std::string Verdict::Reason() const {
  if (!hold) return "";
  const Signal& signal = signals[*hold];
  return fmt::format("{} {}, limit {}", signal.name, signal.value, signal.limit);
}

Signal Pace::JudgeWalRate(const Limits& limits, const Readings& readings,
                          std::optional<milliseconds> since_last) {
  if (since_last && since_last->count() > 0) {
    const double seconds = duration<double>(*since_last).count();
    const auto written = static_cast<double>(readings.wal_position - wal_position_);
    const auto allowed = static_cast<double>(limits.max_wal_rate) * seconds;
    wal_rate_ = written / seconds;
    // What was not used is not saved up, or a quiet night would pay for a storm.
    wal_overdraft_ = std::clamp(wal_overdraft_ + written - allowed, 0.0,
                                static_cast<double>(limits.max_wal_rate) * kLongestPenance);
  }
  wal_position_ = readings.wal_position;
  return {"WAL rate", BytesText(wal_rate_) + "/s",
          limits.max_wal_rate > 0 ? BytesText(static_cast<double>(limits.max_wal_rate)) + "/s" : "",
          wal_overdraft_ > 0};
}

Signal Pace::JudgeBlocked(const Readings& readings) {
  const auto& blocked = readings.sessions_blocked;
  if (blocked.value_or(0) > 0) {
    ++looks_blocked_;
    batch_share_ = std::max(kSmallestBatchShare, batch_share_ / 2);
  } else {
    looks_blocked_ = 0;
    batch_share_ = std::min(1.0, batch_share_ * 1.25);
  }
  return {"blocked sessions", blocked ? fmt::format("{}", *blocked) : "", "0",
          looks_blocked_ >= kLooksBlocked};
}

Verdict Pace::Judge(const Limits& limits, const Readings& readings,
                    std::optional<milliseconds> since_last) {
  Verdict verdict;
  verdict.signals = {JudgeWindow(limits, readings),
                     JudgeWalRate(limits, readings, since_last),
                     JudgeTime("replica lag", readings.replica_lag, limits.max_replica_lag),
                     JudgeSlots(limits, readings),
                     JudgeBlocked(readings),
                     JudgeTime("oldest snapshot", readings.snapshot_age, limits.max_snapshot_age),
                     JudgeAutovacuum(limits, readings),
                     ShowDeadRows(limits, readings)};
  const auto over = std::find_if(verdict.signals.begin(), verdict.signals.end(),
                                 [](const Signal& signal) { return signal.is_over; });
  if (over != verdict.signals.end()) {
    verdict.hold = static_cast<size_t>(over - verdict.signals.begin());
  }
  verdict.batch_share = batch_share_;
  // While an old snapshot keeps dead rows a vacuum could not remove them.
  constexpr milliseconds kOldSnapshot = minutes(1);
  if (limits.vacuum_at > 0 && readings.dead_percent >= limits.vacuum_at && readings.may_vacuum &&
      readings.snapshot_age.value_or(milliseconds(0)) < kOldSnapshot) {
    verdict.vacuum = readings.dead_table;
  }
  return verdict;
}

}  // namespace rung::backfill
