#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backfill/ledger.h"
#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/locked.h"
#include "cli/statement_line.h"
#include "cli/table.h"
#include "core/error.h"
#include "ladder/ladder.h"
#include "migrate/rehearsal.h"
#include "pg/preflight.h"
#include "pg/run_lock.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using migrate::PendingMigration;
using migrate::Rehearsal;
using migrate::RehearsedStatement;

constexpr const char* kRolledBack = "everything is rolled back: the database is as it was";

// What was run, and before what it stopped.
struct Told {
  Rehearsal rehearsal;
  std::string stopped_before;  // a rung; empty where all ran
  std::string why;
};

// The pending migrations up to the first backfill that has to run between them.
std::vector<PendingMigration> BeforeGate(Program& program, pg::Connection& connection,
                                         const std::vector<migrate::Migration>& migrations,
                                         const std::vector<fill::BackfillFile>& files,
                                         std::string& gate) {
  const auto pending = migrate::PlanMigrations(
      migrations, migrate::ReadHistory(connection, program.schema, migrations),
      program.options.allow_late ? migrate::LateFiles::kAllowed : migrate::LateFiles::kRefused);
  const auto rows = backfill::ReadBackfillRows(connection, program.schema);
  const auto rungs = ladder::PlanLadder({migrations, pending, files, rows}, program.options.to);
  const ladder::Rung* closed = ladder::FindGate(rungs);
  std::vector<PendingMigration> reachable;
  for (const ladder::Rung& rung : rungs) {
    if (closed == &rung) {
      gate = rung.label;
      break;
    }
    if (rung.is_done || rung.kind != ladder::Kind::kMigration) continue;
    reachable.push_back(*std::find_if(pending.begin(), pending.end(), [&](const auto& candidate) {
      return candidate.migration == &migrations[rung.index];
    }));
  }
  return reachable;
}

Told RunAll(Program& program, const std::vector<migrate::Migration>& migrations,
            const std::vector<fill::BackfillFile>& files) {
  const Options& options = program.options;
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::ServerFacts facts = pg::ReadServerFacts(connection);
  pg::RequireWritable(facts, target.description);
  StatementLine line(program);
  migrate::StatementWatch watch(target, program.ApplicationName(), line, options.lock_timeout / 2);
  std::optional<pg::RunLock> lock;
  TakeRunLock(program, target, lock);
  Told told;
  const auto pending = BeforeGate(program, connection, migrations, files, told.stopped_before);
  if (!told.stopped_before.empty()) told.why = "the migrations above it wait for this backfill";
  told.rehearsal = migrate::Rehearse(
      {connection,
       facts.is_pooled,
       program.schema,
       program.actor,
       line,
       watch,
       program.stop,
       [&] { lock->RequireHeld(); },
       [&](const std::string& text) { return program.console.redactor().Redact(text); },
       {options.lock_timeout, {}, {}, false}},
      pending);
  if (told.rehearsal.stopped_before != nullptr) {
    told.stopped_before = told.rehearsal.stopped_before->Label();
    told.why = told.rehearsal.why_stopped;
  }
  if (told.rehearsal.problem) told.stopped_before.clear();
  return told;
}

std::string PlaceOf(const RehearsedStatement& one) {
  return fmt::format("{}:{}", one.migration->path,
                     one.migration->statements[one.statement].head_line);
}

Table AsTable(const Told& told, bool is_for_people) {
  constexpr size_t kLongest = 60;
  Table table({{"rung"}, {"statement"}, {"took"}});
  std::string last;
  for (const RehearsedStatement& one : told.rehearsal.statements) {
    std::string rung = one.migration->Label();
    std::string head(one.migration->statements[one.statement].head);
    if (is_for_people) {
      if (head.size() > kLongest) head = head.substr(0, kLongest - 3) + "...";
      const bool is_same = rung == last;
      last = rung;
      if (is_same) rung.clear();
    }
    table.Add(
        {rung, head, is_for_people ? FormatDuration(one.took) : std::to_string(one.took.count())});
  }
  return table;
}

std::string AsJson(const Told& told) {
  Json statements = Json::array();
  for (const RehearsedStatement& one : told.rehearsal.statements) {
    statements.push_back({{"rung", one.migration->Label()},
                          {"place", PlaceOf(one)},
                          {"statement", one.migration->statements[one.statement].head},
                          {"ms", one.took.count()}});
  }
  Json stopped;
  if (!told.stopped_before.empty()) {
    stopped = {{"rung", told.stopped_before}, {"why", told.why}};
  }
  Json error;
  if (const auto& problem = told.rehearsal.problem) {
    error = {{"where", problem->where}, {"what", problem->what}, {"excerpt", problem->excerpt}};
  }
  return Json{{"schema", 1},
              {"files", told.rehearsal.files},
              {"statements", statements},
              {"stopped_before", stopped},
              {"error", error}}
             .dump(2) +
         "\n";
}

std::string AsText(const Told& told) {
  const Rehearsal& rehearsal = told.rehearsal;
  std::string text = rehearsal.statements.empty() ? "" : AsTable(told, true).Text() + "\n";
  const std::string files =
      fmt::format("{} file{} passed", rehearsal.files, rehearsal.files == 1 ? "" : "s");
  if (rehearsal.problem) return text + files + ", then one failed; " + kRolledBack + '\n';
  if (!told.stopped_before.empty()) {
    return text + fmt::format("{}; stopped before {}: {}; {}\n", files, told.stopped_before,
                              told.why, kRolledBack);
  }
  if (rehearsal.files == 0) return "nothing to do: the ladder is climbed\n";
  return text + fmt::format("{}; {}\n", files, kRolledBack);
}

}  // namespace

int RunRehearsal(Program& program) {
  const auto migrations = migrate::ReadMigrations(program.options.migrations);
  const auto files = ReadBackfills(program);
  const Told told = RunAll(program, migrations, files);
  switch (program.options.format) {
    case Format::kTable:
      program.console.WriteResult(AsText(told));
      break;
    case Format::kJson:
      program.console.WriteResult(AsJson(told));
      break;
    case Format::kCsv:
      program.console.WriteResult(AsTable(told, false).Csv());
      break;
  }
  if (!told.rehearsal.problem) return kExitDone;
  throw core::Error(core::Failure::kFailed, *told.rehearsal.problem, kRolledBack,
                    "mend the file and try again");
}

}  // namespace rung::cli
