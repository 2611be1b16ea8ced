#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backfill/plan_backfill.h"
#include "backfill/reject.h"
#include "backfill/run_backfill.h"
#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/rejects.h"
#include "cli/table.h"
#include "core/error.h"
#include "report/missing.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using report::BackfillReport;
using report::Blocker;
using report::FillCounts;

constexpr size_t kBlockersShown = 10;

std::string Why(report::Reason reason) {
  return reason == report::Reason::kNoValue ? "has no value" : "does not exist";
}

using CountText = std::string (*)(int64_t);

std::vector<std::string> Cells(const FillCounts& counts, CountText text, bool with_set_aside) {
  std::vector<std::string> cells{
      counts.table,           text(counts.rows),     text(counts.filled),
      text(counts.missing()), text(counts.fillable), text(counts.no_parent_key),
      text(counts.no_parent), text(counts.no_value), text(counts.mismatches)};
  if (with_set_aside) cells.push_back(text(counts.set_aside));
  return cells;
}

// What a person must know, in words.
std::string Verdict(const BackfillReport& report) {
  const FillCounts total = report.Total();
  if (total.missing() == 0 && total.mismatches == 0) {
    return fmt::format("All {} rows have their value.\n", FormatCount(total.rows));
  }
  std::string text = fmt::format("{} of {} rows lack their value.\n", FormatCount(total.missing()),
                                 FormatCount(total.rows));
  if (total.fillable > 0) {
    text += fmt::format("  {} are fillable: run `rung backfill {} --again`\n",
                        FormatCount(total.fillable), report.backfill);
  }
  const int64_t stuck = total.missing() - total.fillable - total.set_aside;
  if (total.set_aside > 0) {
    text += fmt::format("  {} were refused and are set aside: `rung rejects {}` shows why\n",
                        FormatCount(total.set_aside), report.backfill);
  }
  if (stuck > 0) {
    text +=
        fmt::format("  {} need a person: give the parents below a value, or the rows a parent\n",
                    FormatCount(stuck));
  }
  if (total.mismatches > 0) {
    text +=
        fmt::format("  {} rows have another value than their source: decide which one is right\n",
                    FormatCount(total.mismatches));
  }
  return text;
}

std::string AsText(const BackfillReport& report) {
  using Align = Table::Align;
  const bool has_set_aside = report.Total().set_aside > 0;
  std::vector<Table::Column> columns{{"table"},
                                     {"rows", Align::kRight},
                                     {"filled", Align::kRight},
                                     {"missing", Align::kRight},
                                     {"fillable", Align::kRight},
                                     {"no parent key", Align::kRight},
                                     {"no such parent", Align::kRight},
                                     {"parent has no value", Align::kRight},
                                     {"mismatch", Align::kRight}};
  if (has_set_aside) columns.push_back({"set aside", Align::kRight});
  Table fills(std::move(columns));
  for (const FillCounts& counts : report.fills) {
    fills.Add(Cells(counts, FormatCount, has_set_aside));
  }
  fills.Add(Cells(report.Total(), FormatCount, has_set_aside));
  fills.SetTotal();
  std::string text = report.backfill + "\n\n" + fills.Text() + "\n" + Verdict(report);
  if (report.blockers.empty()) return text;
  Table blockers(
      {{"parent"}, {"key"}, {"name"}, {"why"}, {"rows", Align::kRight}, {"tables", Align::kRight}});
  const size_t shown = std::min(report.blockers.size(), kBlockersShown);
  for (size_t i = 0; i < shown; ++i) {
    const Blocker& blocker = report.blockers[i];
    blockers.Add({blocker.table, blocker.key, blocker.name, Why(blocker.reason),
                  FormatCount(blocker.rows), std::to_string(blocker.tables)});
  }
  text += "\n" + blockers.Text();
  if (shown < report.blockers.size()) {
    text += fmt::format("and {} more (--format json has all)\n", report.blockers.size() - shown);
  }
  return text;
}

std::string AsCsv(const std::vector<BackfillReport>& reports) {
  Table table({{"backfill"},
               {"table"},
               {"rows"},
               {"filled"},
               {"missing"},
               {"fillable"},
               {"no_parent_key"},
               {"no_parent"},
               {"no_value"},
               {"mismatches"},
               {"set_aside"}});
  for (const BackfillReport& report : reports) {
    for (const FillCounts& counts : report.fills) {
      std::vector<std::string> cells = Cells(
          counts, [](int64_t count) { return std::to_string(count); }, true);
      cells.insert(cells.begin(), report.backfill);
      table.Add(std::move(cells));
    }
  }
  return table.Csv();
}

Json CountsJson(const FillCounts& counts) {
  return Json{{"table", counts.table},
              {"columns", counts.columns},
              {"rows", counts.rows},
              {"filled", counts.filled},
              {"missing", counts.missing()},
              {"fillable", counts.fillable},
              {"no_parent_key", counts.no_parent_key},
              {"no_parent", counts.no_parent},
              {"no_value", counts.no_value},
              {"mismatches", counts.mismatches},
              {"set_aside", counts.set_aside}};
}

std::string AsJson(const std::vector<BackfillReport>& reports) {
  Json list = Json::array();
  for (const BackfillReport& report : reports) {
    Json item{{"backfill", report.backfill}, {"fills", Json::array()}};
    for (const FillCounts& counts : report.fills) item["fills"].push_back(CountsJson(counts));
    item["total"] = CountsJson(report.Total());
    item["total"].erase("table");
    item["total"].erase("columns");
    item["blockers"] = Json::array();
    for (const Blocker& blocker : report.blockers) {
      item["blockers"].push_back(
          {{"table", blocker.table},
           {"key", blocker.key},
           {"name", blocker.name},
           {"reason", blocker.reason == report::Reason::kNoValue ? "no_value" : "no_parent"},
           {"rows", blocker.rows},
           {"tables", blocker.tables}});
    }
    list.push_back(std::move(item));
  }
  return Json{{"schema", 1}, {"backfills", list}}.dump(2) + "\n";
}

// A table's rows are those of its leaves, each of which has fills and keys of its own in the ledger.
report::SetAside ReadSetAside(pg::Connection& connection, const pg::OwnSchema& schema,
                              const fill::BackfillFile& file) {
  report::SetAside found;
  const auto rejects = backfill::CountRejects(connection, schema);
  if (rejects.empty()) return found;
  const auto fills = backfill::ReadFillRows(connection, schema, file.version);
  if (CountSetAside(fills, rejects) == 0) return found;
  const pg::Transaction transaction(connection, {.rows_are_all_visible = true, .read_only = true});
  for (const backfill::FillPlan& plan : backfill::PlanBackfill(connection, file)) {
    for (const backfill::FillRow& fill : fills) {
      if (fill.position != plan.position || fill.relation != plan.relation.name) continue;
      if (!rejects.contains(fill.id)) continue;
      std::string& sql = found[plan.position];
      sql = sql.empty() ? "(" : sql.substr(0, sql.size() - 1) + " OR ";
      sql += fmt::format("({}.tableoid = {} AND {}))", fill::kAlias, plan.relation.oid,
                         backfill::IsSetAside(schema, plan.relation, fill.id));
    }
  }
  return found;
}

bool IsNamed(const fill::BackfillFile& file, const std::string& name) {
  const auto number = core::Version::Parse(name);
  return name.empty() || (number && *number == file.version) || name == file.name ||
         name == file.Label();
}

}  // namespace

int RunReport(Program& program) {
  const Options& options = program.options;
  const std::string name = options.arguments.empty() ? "" : options.arguments.front();
  std::vector<fill::BackfillFile> files = ReadBackfills(program);
  std::erase_if(files, [&](const fill::BackfillFile& file) { return !IsNamed(file, name); });
  if (files.empty()) {
    throw core::Error(core::Failure::kUsage,
                      core::Problem{options.backfills.string(),
                                    name.empty() ? "no backfills (<digits>_<name>.toml) in here"
                                                 : fmt::format("no backfill `{}`", name),
                                    {}},
                      "a report changes nothing",
                      name.empty() ? "name the right directory with --backfills"
                                   : "see `rung status` for their names");
  }
  if (options.clerk) return RunClerkReport(program, files.front());
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  std::vector<BackfillReport> reports;
  bool is_whole = true;
  for (const fill::BackfillFile& file : files) {
    try {
      reports.push_back(
          report::ReadReport(connection, file, ReadSetAside(connection, program.schema, file)));
    } catch (const core::Error&) {
      if (!program.stop.stop_requested()) throw;
      throw core::Error(core::Failure::kInterrupted, core::Problem{file.Label(), "interrupted", {}},
                        "a report changes nothing", "run it again");
    }
    const FillCounts total = reports.back().Total();
    if (total.fillable + total.mismatches + total.set_aside > 0) is_whole = false;
  }
  switch (options.format) {
    case Format::kTable:
      for (size_t i = 0; i < reports.size(); ++i) {
        program.console.WriteResult((i > 0 ? "\n" : "") + AsText(reports[i]));
      }
      break;
    case Format::kJson:
      program.console.WriteResult(AsJson(reports));
      break;
    case Format::kCsv:
      program.console.WriteResult(AsCsv(reports));
      break;
  }
  return is_whole ? kExitDone : kExitUnfinished;
}

}  // namespace rung::cli
