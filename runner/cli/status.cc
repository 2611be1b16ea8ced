#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "cli/backfill_status.h"
#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/file_warnings.h"
#include "cli/progress.h"
#include "cli/rejects.h"
#include "cli/table.h"
#include "core/error.h"
#include "ladder/ladder.h"
#include "migrate/history.h"
#include "migrate/migration_plan.h"
#include "migrate/standing.h"
#include "migrate/statement_difference.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using backfill::FillRow;

struct Rung {
  std::string label;
  std::string kind;
  std::string state;
  std::string detail;
  BackfillStatus backfill;  // of one that has begun
};

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

// The rung of this number, name or label.
void KeepNamed(const std::string& name, std::vector<Rung>& rungs) {
  const auto number = core::Version::Parse(name);
  std::erase_if(rungs, [&](const Rung& rung) {
    const size_t line = rung.label.find('_');
    const auto own = core::Version::Parse(rung.label.substr(0, line));
    const bool is_named = rung.label == name || rung.label.substr(line + 1) == name;
    return !is_named && !(number && own && *number == *own);
  });
  if (!rungs.empty()) return;
  throw core::Error(core::Failure::kUsage, core::Problem{"", fmt::format("no rung `{}`", name), {}},
                    "nothing was changed", "see `rung status` for their names");
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
        rung.backfill = ReadBackfillStatus(connection, program.schema, file->version);
        rung.detail = ProgressDetail(rung.backfill.fills);
        if (!rung.backfill.guards.empty()) {
          rung.detail += fmt::format(", guards on {}", fmt::join(rung.backfill.guards, ", "));
        }
        const int64_t set_aside = CountSetAside(rung.backfill.fills, rung.backfill.rejects);
        if (set_aside > 0) rung.detail += fmt::format(", {} set aside", RowsAre(set_aside));
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
  if (!program.options.arguments.empty()) KeepNamed(program.options.arguments.front(), rungs);
  if (program.options.pending_only) {
    std::erase_if(rungs, [](const Rung& rung) {
      return rung.state == "applied" || rung.state == "complete";
    });
  }
  return rungs;
}

// is_asked_for: by its name; then what it has cost is shown too.
std::string AsText(const std::vector<Rung>& rungs, bool is_asked_for) {
  Table ladder({{"rung"}, {"kind"}, {"state"}, {"detail"}});
  for (const Rung& rung : rungs) ladder.Add({rung.label, rung.kind, rung.state, rung.detail});
  std::string text = ladder.Text();
  for (const Rung& rung : rungs) {
    if (rung.backfill.fills.empty() || (rung.state == "complete" && !is_asked_for)) continue;
    text += "\n" + rung.label + "\n";
    if (rung.state != "complete") text += ProgressText(rung.backfill);
    if (is_asked_for) text += (rung.state != "complete" ? "\n" : "") + ReceiptText(rung.backfill);
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
    if (rung.kind == "backfill") AddToJson(rung.backfill, item);
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
        program.console.WriteResult(AsText(rungs, !program.options.arguments.empty()));
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
