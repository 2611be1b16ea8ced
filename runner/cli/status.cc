#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "backfill/ledger.h"
#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/file_warnings.h"
#include "cli/progress.h"
#include "cli/table.h"
#include "ladder/ladder.h"
#include "migrate/history.h"
#include "migrate/migration_plan.h"
#include "migrate/standing.h"
#include "migrate/statement_difference.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using backfill::FillRow;
using backfill::FillState;

struct Rung {
  std::string label;
  std::string kind;
  std::string state;
  std::string detail;
  std::vector<FillRow> fills;  // of a backfill that has begun
};

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

std::string AppliedDetail(const migrate::HistoryRow& row) {
  return fmt::format("{}, {}", row.applied_at,
                     row.is_baseline ? "baseline" : FormatDuration(row.took));
}

Rung MigrationRung(const migrate::Migration& migration,
                   const std::vector<migrate::HistoryRow>& history, const std::string& gate) {
  Rung rung{migration.Label(), "migration", "pending", "", {}};
  const auto row = std::find_if(history.begin(), history.end(), [&](const auto& known) {
    return known.version == migration.version;
  });
  if (row == history.end()) {
    const auto last = std::find_if(history.rbegin(), history.rend(),
                                   [](const auto& known) { return known.is_applied; });
    if (last != history.rend() && migration.version < last->version) {
      rung.state = "late";
      rung.detail = last->Label() + " is applied already, needs --allow-late";
    } else if (!gate.empty()) {
      rung.detail = "waits for backfill " + gate;
    }
  } else if (!row->is_applied) {
    rung.state = "interrupted";
    rung.detail = migrate::DescribeInterrupted(migration, *row);
  } else {
    rung.state = "applied";
    rung.detail = AppliedDetail(*row);
    if (migrate::FindChange(migration, *row) == migrate::Change::kReal) {
      rung.state = "changed";
      const auto lines =
          migrate::DescribeDifference(row->statements, row->statements_total, migration);
      if (!lines.empty()) rung.detail += "; " + lines.front();
    }
  }
  return rung;
}

std::string ProgressDetail(const std::vector<FillRow>& fills) {
  const BackfillProgress progress = Summarize(fills);
  std::string detail =
      fmt::format("{:.0f} %, {} of {} tables, {} rows filled", std::floor(progress.share * 100),
                  progress.fills_complete, progress.fills, FormatCount(progress.rows_filled));
  if (progress.workers > 0) {
    detail +=
        fmt::format(", {} rows/s, {} worker{}", FormatCount(std::llround(progress.rows_per_second)),
                    progress.workers, progress.workers == 1 ? "" : "s");
  }
  return detail;
}

std::vector<Rung> ReadRungs(Program& program) {
  const auto migrations = migrate::ReadMigrations(program.options.migrations);
  const auto files = ReadBackfills(program);
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  const auto history = migrate::ReadHistory(connection, program.schema, migrations);
  WarnOfChangedForm(program, migrations, history);
  if (program.options.pending_only) migrate::PlanMigrations(migrations, history);  // refuses
  const auto rows = backfill::ReadBackfillRows(connection, program.schema);

  std::vector<Rung> rungs;
  std::string gate;
  auto file = files.begin();
  const auto add_backfills = [&](const core::Version* below) {
    for (; file != files.end() && (below == nullptr || file->version < *below); ++file) {
      Rung rung{file->Label(), "backfill", "pending", "", {}};
      const auto row = std::find_if(rows.begin(), rows.end(), [&](const auto& known) {
        return known.version == file->version;
      });
      if (row != rows.end()) {
        rung.state = row->checksum == file->checksum ? row->state : "changed";
        rung.fills = backfill::ReadFillRows(connection, program.schema, file->version);
        rung.detail = ProgressDetail(rung.fills);
        if (row->IsComplete()) rung.detail = row->completed_at + ", " + rung.detail;
      }
      if (gate.empty() && rung.state != "complete") gate = rung.label;
      rungs.push_back(std::move(rung));
    }
  };
  for (const migrate::Migration& migration : migrations) {
    add_backfills(&migration.version);
    rungs.push_back(MigrationRung(migration, history, gate));
  }
  add_backfills(nullptr);
  for (const migrate::HistoryRow& row : history) {
    if (std::none_of(migrations.begin(), migrations.end(),
                     [&](const auto& migration) { return migration.version == row.version; })) {
      rungs.push_back({row.Label(), "migration", "missing", "its file is gone", {}});
    }
  }
  if (program.options.pending_only) {
    std::erase_if(rungs, [](const Rung& rung) {
      return rung.state == "applied" || rung.state == "complete";
    });
  }
  return rungs;
}

std::string Percent(const FillRow& fill) {
  return fmt::format("{:.0f} %", std::floor(backfill::ShareDone(fill) * 100));
}

std::string AsText(const std::vector<Rung>& rungs) {
  Table ladder({{"rung"}, {"kind"}, {"state"}, {"detail"}});
  for (const Rung& rung : rungs) ladder.Add({rung.label, rung.kind, rung.state, rung.detail});
  std::string text = ladder.Text();
  for (const Rung& rung : rungs) {
    if (rung.fills.empty() || rung.state == "complete") continue;
    using Align = Table::Align;
    Table fills({{"table"},
                 {"state"},
                 {"done", Align::kRight},
                 {"filled", Align::kRight},
                 {"of about", Align::kRight},
                 {"rows/s", Align::kRight},
                 {"pass", Align::kRight},
                 {"workers", Align::kRight}});
    for (const FillRow& fill : rung.fills) {
      fills.Add({fill.relation, NameOf(fill.state), Percent(fill), FormatCount(fill.rows_filled),
                 FormatCount(fill.rows_estimate), FormatCount(std::llround(fill.rows_per_second)),
                 std::to_string(fill.pass), std::to_string(fill.workers)});
    }
    text += "\n" + rung.label + "\n" + fills.Text();
  }
  return text;
}

std::string AsCsv(const std::vector<Rung>& rungs) {
  Table table({{"rung"}, {"kind"}, {"state"}, {"detail"}});
  for (const Rung& rung : rungs) table.Add({rung.label, rung.kind, rung.state, rung.detail});
  return table.Csv();
}

std::string AsJson(const std::vector<Rung>& rungs) {
  Json list = Json::array();
  for (const Rung& rung : rungs) {
    Json item{
        {"rung", rung.label}, {"kind", rung.kind}, {"state", rung.state}, {"detail", rung.detail}};
    if (rung.kind == "backfill") {
      const BackfillProgress progress = Summarize(rung.fills);
      item["share"] = rung.fills.empty() ? 0.0 : progress.share;
      item["rows_filled"] = progress.rows_filled;
      item["rows_per_second"] = progress.rows_per_second;
      item["workers"] = progress.workers;
      item["fills"] = Json::array();
      for (const FillRow& fill : rung.fills) {
        item["fills"].push_back({{"table", fill.relation},
                                 {"state", NameOf(fill.state)},
                                 {"sweep", fill.sweep},
                                 {"pass", fill.pass},
                                 {"share", backfill::ShareDone(fill)},
                                 {"rows_filled", fill.rows_filled},
                                 {"rows_estimate", fill.rows_estimate},
                                 {"rows_per_second", fill.rows_per_second},
                                 {"batches", fill.batches},
                                 {"workers", fill.workers}});
      }
    }
    list.push_back(std::move(item));
  }
  return Json{{"schema", 1}, {"rungs", list}}.dump(2) + "\n";
}

}  // namespace

int RunStatus(Program& program) {
  const std::vector<Rung> rungs = ReadRungs(program);
  switch (program.options.format) {
    case Format::kTable:
      if (!rungs.empty() || !program.options.pending_only) {
        program.console.WriteResult(AsText(rungs));
      }
      break;
    case Format::kJson:
      program.console.WriteResult(AsJson(rungs));
      break;
    case Format::kCsv:
      program.console.WriteResult(AsCsv(rungs));
      break;
  }
  return program.options.pending_only && !rungs.empty() ? kExitUnfinished : kExitDone;
}

}  // namespace rung::cli
