#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>

#include "backfill/run_backfill.h"
#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/file_warnings.h"
#include "cli/table.h"
#include "core/error.h"
#include "ladder/ladder.h"
#include "migrate/statement_plan.h"
#include "pg/transaction.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;

// One line of the plan.
struct Line {
  std::string rung;
  std::string what;  // a statement's first line, or the sweep of a table
  std::string lock;  // "ACCESS EXCLUSIVE"
  std::string table;
  std::optional<int64_t> rows;  // estimates
  std::optional<int64_t> bytes;
  std::string does;  // "REWRITE"
  std::string how;   // "one transaction"
  std::string why;   // of what it does
  std::string place = "";
  bool in_transaction = true;
  bool is_new = false;
  bool is_certain = true;
  std::vector<sql::TableLock> locks = {};
};

class Planner {
 public:
  explicit Planner(pg::Connection& connection) : connection_(connection), statements_(connection) {}

  void AddMigration(const migrate::PendingMigration& pending) {
    const migrate::Migration& migration = *pending.migration;
    if (migration.statements.empty()) {
      lines_.push_back({migration.Label(),
                        "(no statements)",
                        "",
                        "",
                        {},
                        {},
                        "",
                        "one transaction",
                        "",
                        migration.path});
    }
    for (const migrate::Unit& unit : migration.units) {
      for (size_t i = unit.begin; i < unit.end; ++i) {
        if (static_cast<int>(i) >= pending.statements_done) AddStatement(migration, unit, i);
      }
    }
  }

  // Where its migration is still pending the server cannot check the fill yet: what is known is
  // told.
  void AddBackfill(const fill::BackfillFile& file, bool is_reachable) {
    if (!is_reachable) {
      for (const fill::Fill& fill : file.fills) {
        Line line{file.Label(),
                  "fill " + Columns(fill),
                  "ROW EXCLUSIVE",
                  fill.table,
                  {},
                  {},
                  "fills rows",
                  "after its migration",
                  "",
                  fill.place};
        line.locks = {{fill.table, sql::LockMode::kRowExclusive}};
        line.is_new = statements_.IsNew(fill.table);
        const auto size =
            line.is_new ? std::nullopt : migrate::ReadTableSize(connection_, fill.table);
        if (size) {
          line.rows = size->rows;
          line.bytes = size->bytes;
        }
        lines_.push_back(std::move(line));
      }
      return;
    }
    const std::vector<backfill::FillPlan> plans = backfill::PlanBackfill(connection_, file);
    for (const backfill::FillPlan& plan : plans) {
      Line line{file.Label(),
                "fill " + Columns(file.fills[plan.position]),
                "ROW EXCLUSIVE",
                plan.table,
                static_cast<int64_t>(plan.relation.rows_estimate),
                plan.relation.bytes,
                "fills rows",
                fmt::format("{} ({})", backfill::ToString(plan.sweep), plan.why_sweep),
                "",
                file.fills[plan.position].place};
      line.locks = {{plan.table, sql::LockMode::kRowExclusive}};
      if (!plan.relation.indexes_on_target.empty()) {
        line.why += fmt::format("no HOT updates: {} is on the column",
                                fmt::join(plan.relation.indexes_on_target, ", "));
      }
      lines_.push_back(std::move(line));
    }
  }

  const std::vector<Line>& lines() const { return lines_; }

 private:
  static std::string Columns(const fill::Fill& fill) {
    std::vector<std::string> columns;
    for (const fill::Assignment& assignment : fill.set) columns.push_back(assignment.column);
    return fmt::format("{}", fmt::join(columns, ", "));
  }

  void AddStatement(const migrate::Migration& migration, const migrate::Unit& unit, size_t i) {
    const sql::Statement& statement = migration.statements[i];
    migrate::StatementPlan plan = statements_.Plan(migration, i);
    Line line{migration.Label(),
              std::string(statement.head),
              "",
              plan.table,
              plan.rows,
              plan.bytes,
              sql::ToString(plan.work),
              HowOf(migration, unit),
              plan.why,
              fmt::format("{}:{}", migration.path, statement.head_line)};
    if (!plan.locks.empty()) line.lock = sql::ToString(plan.locks.front().mode);
    line.in_transaction = unit.in_transaction;
    line.is_new = plan.is_new;
    line.is_certain = plan.is_certain;
    line.locks = std::move(plan.locks);
    lines_.push_back(std::move(line));
  }

  static const char* HowOf(const migrate::Migration& migration, const migrate::Unit& unit) {
    if (migration.IsOneTransaction()) return "one transaction";
    return unit.in_transaction ? "a transaction of its own" : "outside of a transaction";
  }

  pg::Connection& connection_;
  migrate::StatementPlanner statements_;
  std::vector<Line> lines_;
};

using NumberText = std::string (*)(int64_t);

std::string InDigits(int64_t number) { return std::to_string(number); }

std::string TextOf(const std::optional<int64_t>& number, NumberText text) {
  return number ? text(*number) : "";
}

Table AsTable(const std::vector<Line>& lines, NumberText rows, NumberText size) {
  using Align = Table::Align;
  Table table({{"rung"},
               {"statement"},
               {"lock"},
               {"table"},
               {"rows", Align::kRight},
               {"size", Align::kRight},
               {"does"},
               {"how"}});
  for (const Line& line : lines) {
    std::string how = line.how + (line.is_new ? "; a new table" : "");
    if (!line.why.empty()) how += "; " + line.why;
    table.Add({line.rung, line.what, line.lock, line.table, TextOf(line.rows, rows),
               TextOf(line.bytes, size), line.does + (line.is_certain ? "" : "?"), how});
  }
  return table;
}

// A long statement's first line, cut for people.
std::vector<Line> Shortened(std::vector<Line> lines) {
  constexpr size_t kLongest = 60;
  std::string last;
  for (Line& line : lines) {
    if (line.what.size() > kLongest) line.what = line.what.substr(0, kLongest - 3) + "...";
    if (line.rung == last) {
      line.rung.clear();
    } else {
      last = line.rung;
    }
  }
  return lines;
}

Json NumberJson(const std::optional<int64_t>& number) { return number ? Json(*number) : Json(); }

Json TextJson(const std::string& text) { return text.empty() ? Json() : Json(text); }

std::string AsJson(const std::vector<Line>& lines) {
  Json list = Json::array();
  for (const Line& line : lines) {
    Json locks = Json::array();
    for (const sql::TableLock& lock : line.locks) {
      locks.push_back({{"table", lock.table}, {"lock", sql::ToString(lock.mode)}});
    }
    list.push_back({{"rung", line.rung},
                    {"place", line.place},
                    {"statement", line.what},
                    {"lock", line.lock},
                    {"table", line.table},
                    {"locks", locks},
                    {"rows", NumberJson(line.rows)},
                    {"size", NumberJson(line.bytes)},
                    {"new_table", line.is_new},
                    {"does", TextJson(line.does)},
                    {"why", TextJson(line.why)},
                    {"certain", line.is_certain},
                    {"transaction", line.in_transaction},
                    {"how", line.how}});
  }
  return Json{{"schema", 1}, {"steps", list}}.dump(2) + "\n";
}

std::vector<Line> ReadLines(const Program& program, pg::Connection& connection,
                            const std::vector<migrate::Migration>& migrations,
                            const std::vector<fill::BackfillFile>& files) {
  const pg::Transaction transaction(connection, {.rows_are_all_visible = true, .read_only = true});
  const auto history = migrate::ReadHistory(connection, program.schema, migrations);
  WarnOfChangedForm(program, migrations, history);
  const auto pending = migrate::PlanMigrations(
      migrations, history,
      program.options.allow_late ? migrate::LateFiles::kAllowed : migrate::LateFiles::kRefused);
  const auto rows = backfill::ReadBackfillRows(connection, program.schema);
  for (const fill::BackfillFile& file : files) backfill::RequireUnchanged(file, rows);
  const auto rungs = ladder::PlanLadder({migrations, pending, files, rows}, program.options.to);

  Planner planner(connection);
  auto next = pending.begin();
  for (const ladder::Rung& rung : rungs) {
    if (rung.is_done) continue;
    if (rung.kind == ladder::Kind::kMigration) {
      planner.AddMigration(*next++);
    } else {
      planner.AddBackfill(files[rung.index], ladder::IsReachable(rungs, rung));
    }
  }
  return planner.lines();
}

}  // namespace

int RunPlan(Program& program) {
  const auto migrations = migrate::ReadMigrations(program.options.migrations);
  const auto files = ReadBackfills(program);
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);

  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  std::vector<Line> lines;
  try {
    lines = ReadLines(program, connection, migrations, files);
  } catch (const std::exception&) {
    if (!program.stop.stop_requested()) throw;
    throw core::Error(core::Failure::kInterrupted, core::Problem{"", "interrupted", {}},
                      "a plan changes nothing", "run it again");
  }
  switch (program.options.format) {
    case Format::kTable:
      program.console.WriteResult(lines.empty()
                                      ? "nothing to do: the ladder is climbed\n"
                                      : AsTable(Shortened(lines), FormatCount, FormatBytes).Text());
      break;
    case Format::kJson:
      program.console.WriteResult(AsJson(lines));
      break;
    case Format::kCsv:
      program.console.WriteResult(AsTable(lines, InDigits, InDigits).Csv());
      break;
  }
  return kExitDone;
}

}  // namespace rung::cli
