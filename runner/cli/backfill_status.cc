#include "cli/backfill_status.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "backfill/batch_times.h"
#include "backfill/guard.h"
#include "backfill/guard_sql.h"
#include "backfill/reject.h"
#include "cli/event_text.h"
#include "cli/progress.h"
#include "cli/rejects.h"
#include "cli/table.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using backfill::BatchTimeWithin;
using backfill::FillReceipt;
using backfill::FillRow;
using backfill::FillState;
using backfill::RunRow;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using Align = Table::Align;

const char* NameOf(FillState state) {
  switch (state) {
    case FillState::kPending:
      return "pending";
    case FillState::kSweeping:
      return "sweeping";
    case FillState::kComplete:
      return "complete";
  }
  return "";
}

// "83 %"; nothing where nothing was updated.
std::string ShareText(int64_t part, int64_t whole) {
  if (whole == 0) return "";
  return fmt::format("{:.0f} %",
                     std::floor(100 * static_cast<double>(part) / static_cast<double>(whole)));
}

milliseconds BatchMs(const FillReceipt& receipt, double share) {
  return duration_cast<milliseconds>(BatchTimeWithin(receipt.batch_times, share));
}

// What the run is at, or what became of it.
std::string StateText(const RunRow& run) {
  if (!run.outcome.empty()) return run.outcome;
  if (!run.IsAlive()) return "gone";
  if (run.state.held_by.empty()) return "working";
  return fmt::format("holding for {:.0f} s: {}", run.seconds_held, run.state.held_by);
}

std::string HeldText(const RunRow& run) {
  std::string text;
  for (const auto& [signal, time] : run.state.held) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", signal, FormatDuration(time));
  }
  return text;
}

std::string FillsText(const BackfillStatus& status) {
  std::vector<Table::Column> columns{{"table"},
                                     {"state"},
                                     {"done", Align::kRight},
                                     {"filled", Align::kRight},
                                     {"of about", Align::kRight},
                                     {"rows/s", Align::kRight},
                                     {"HOT", Align::kRight},
                                     {"pass", Align::kRight},
                                     {"workers", Align::kRight}};
  const bool has_rejects = CountSetAside(status.fills, status.rejects) > 0;
  if (has_rejects) columns.push_back({"set aside", Align::kRight});
  Table fills(std::move(columns));
  for (const FillRow& fill : status.fills) {
    std::vector<std::string> cells{
        fill.relation,
        NameOf(fill.state),
        fmt::format("{:.0f} %", std::floor(backfill::ShareDone(fill) * 100)),
        FormatCount(fill.rows_filled),
        FormatCount(fill.rows_estimate),
        FormatCount(std::llround(fill.rows_per_second)),
        ShareText(fill.rows_hot, fill.rows_filled),
        std::to_string(fill.pass),
        std::to_string(fill.workers)};
    if (has_rejects) cells.push_back(FormatCount(CountSetAside({fill}, status.rejects)));
    fills.Add(std::move(cells));
  }
  return fills.Text();
}

Json SignalsJson(const RunRow& run) {
  Json signals = Json::array();
  for (const backfill::Signal& signal : run.state.signals) {
    signals.push_back({{"name", signal.name},
                       {"value", signal.value.empty() ? Json(nullptr) : Json(signal.value)},
                       {"limit", signal.limit.empty() ? Json(nullptr) : Json(signal.limit)},
                       {"over", signal.is_over}});
  }
  return signals;
}

Json RunJson(const RunRow& run) {
  Json held = Json::object();
  for (const auto& [signal, time] : run.state.held) held[signal] = time.count();
  return {{"command", run.command},
          {"host", run.host},
          {"pid", run.pid},
          {"started_at", run.started_at},
          {"state", StateText(run)},
          {"seconds_since_seen", run.seconds_since_seen},
          {"jobs", run.state.jobs},
          {"rows", run.state.rows},
          {"batches", run.state.batches},
          {"retries", run.state.retries},
          {"rows_per_second", run.IsAlive() ? run.state.rows_per_second : 0.0},
          {"batch_target_ms", run.state.batch_target.count()},
          {"held_ms", held},
          {"signals", SignalsJson(run)}};
}

Json ReceiptJson(const FillReceipt& receipt) {
  return {{"rows_hot", receipt.rows_hot},
          {"retries", receipt.retries},
          {"batch_p50_ms", BatchMs(receipt, 0.5).count()},
          {"batch_p99_ms", BatchMs(receipt, 0.99).count()},
          {"wal_bytes", receipt.wal_bytes},
          {"bytes_before", receipt.bytes_before},
          {"bytes_after", receipt.bytes_after}};
}

// The tables that have a guard of this backfill, each once.
std::vector<std::string> ReadGuarded(pg::Connection& connection, const pg::OwnSchema& schema,
                                     const core::Version& version) {
  std::vector<std::string> guarded;
  for (const backfill::InstalledGuard& guard : backfill::ReadGuards(connection, schema)) {
    if (guard.name.starts_with(backfill::GuardPrefix(version)) &&
        std::find(guarded.begin(), guarded.end(), guard.shown) == guarded.end()) {
      guarded.push_back(guard.shown);
    }
  }
  return guarded;
}

}  // namespace

BackfillStatus ReadBackfillStatus(pg::Connection& connection, const pg::OwnSchema& schema,
                                  const core::Version& version) {
  return {backfill::ReadFillRows(connection, schema, version),
          backfill::ReadReceipts(connection, schema, version),
          backfill::ReadRuns(connection, schema, version),
          backfill::CountRejects(connection, schema), ReadGuarded(connection, schema, version)};
}

std::string ProgressText(const BackfillStatus& status) {
  std::string text = FillsText(status);
  Table runs({{"run"},
              {"host"},
              {"pid", Align::kRight},
              {"jobs", Align::kRight},
              {"rows/s", Align::kRight},
              {"batch", Align::kRight},
              {"state"}});
  Table signals({{"signal"}, {"value", Align::kRight}, {"limit", Align::kRight}, {"state"}});
  const RunRow* newest = nullptr;
  for (const RunRow& run : status.runs) {
    if (!run.IsAlive()) continue;
    if (newest == nullptr) newest = &run;
    runs.Add({run.command, run.host, std::to_string(run.pid), std::to_string(run.state.jobs),
              FormatCount(std::llround(run.state.rows_per_second)),
              FormatDuration(run.state.batch_target), StateText(run)});
  }
  if (newest == nullptr) return text;
  for (const backfill::Signal& signal : newest->state.signals) {
    signals.Add({signal.name, signal.value, signal.limit,
                 signal.value.empty() ? "cannot be read"
                 : signal.is_over     ? "holding"
                                      : "ok"});
  }
  return text + "\n" + runs.Text() +
         fmt::format("\n{}seen {:.0f} s ago by pid {}\n", signals.Text(),
                     newest->seconds_since_seen, newest->pid);
}

std::string ReceiptText(const BackfillStatus& status) {
  Table fills({{"table"},
               {"rows", Align::kRight},
               {"HOT", Align::kRight},
               {"batches", Align::kRight},
               {"retries", Align::kRight},
               {"p50", Align::kRight},
               {"p99", Align::kRight},
               {"WAL", Align::kRight},
               {"size before", Align::kRight},
               {"after", Align::kRight}});
  for (const FillReceipt& receipt : status.receipts) {
    fills.Add({receipt.relation, FormatCount(receipt.rows_filled),
               ShareText(receipt.rows_hot, receipt.rows_filled), FormatCount(receipt.batches),
               FormatCount(receipt.retries), FormatDuration(BatchMs(receipt, 0.5)),
               FormatDuration(BatchMs(receipt, 0.99)), FormatBytes(receipt.wal_bytes),
               FormatBytes(receipt.bytes_before), FormatBytes(receipt.bytes_after)});
  }
  Table runs({{"started"},
              {"run"},
              {"host"},
              {"pid", Align::kRight},
              {"state"},
              {"rows", Align::kRight},
              {"batches", Align::kRight},
              {"retries", Align::kRight},
              {"held by"}});
  for (const RunRow& run : status.runs) {
    runs.Add({run.started_at, run.command, run.host, std::to_string(run.pid), StateText(run),
              FormatCount(run.state.rows), FormatCount(run.state.batches),
              FormatCount(run.state.retries), HeldText(run)});
  }
  return fills.Text() + "\n" + runs.Text();
}

void AddToJson(const BackfillStatus& status, Json& rung) {
  const BackfillProgress progress = Summarize(status.fills);
  rung["share"] = status.fills.empty() ? 0.0 : progress.share;
  rung["rows_filled"] = progress.rows_filled;
  rung["rows_per_second"] = progress.rows_per_second;
  rung["workers"] = progress.workers;
  rung["rows_set_aside"] = CountSetAside(status.fills, status.rejects);
  rung["guards"] = status.guards;
  rung["fills"] = Json::array();
  for (size_t i = 0; i < status.fills.size(); ++i) {
    const FillRow& fill = status.fills[i];
    Json item{{"table", fill.relation},
              {"state", NameOf(fill.state)},
              {"sweep", fill.sweep},
              {"pass", fill.pass},
              {"share", backfill::ShareDone(fill)},
              {"rows_filled", fill.rows_filled},
              {"rows_estimate", fill.rows_estimate},
              {"rows_per_second", fill.rows_per_second},
              {"batches", fill.batches},
              {"workers", fill.workers}};
    if (i < status.receipts.size()) item.update(ReceiptJson(status.receipts[i]));
    item["rows_set_aside"] = CountSetAside({fill}, status.rejects);
    rung["fills"].push_back(std::move(item));
  }
  rung["runs"] = Json::array();
  for (const RunRow& run : status.runs) rung["runs"].push_back(RunJson(run));
}

}  // namespace rung::cli
