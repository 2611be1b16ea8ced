#include "backfill/run_backfill.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "backfill/completion.h"
#include "backfill/guard.h"
#include "backfill/pacer.h"
#include "backfill/plan_backfill.h"
#include "backfill/workers.h"
#include "core/error.h"
#include "fill/dependencies.h"
#include "pg/audit.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Finds the plan of each of the ledger's fills.
void BindPlans(RunContext& context, const std::vector<FillRow>& fills) {
  context.plan_of_fill.clear();
  context.fill_ids = "{";
  for (const FillRow& fill : fills) {
    const auto plan =
        std::find_if(context.plans.begin(), context.plans.end(), [&](const FillPlan& candidate) {
          return candidate.position == fill.position && candidate.relation.name == fill.relation;
        });
    if (plan == context.plans.end()) continue;  // a partition that is gone
    context.plan_of_fill[fill.id] = &*plan;
    if (context.fill_ids.size() > 1) context.fill_ids += ',';
    context.fill_ids += std::to_string(fill.id);
  }
  context.fill_ids += "}";
}

std::string TablesOf(const std::vector<FillPlan>& plans) {
  std::vector<std::string> tables;
  for (const FillPlan& plan : plans) tables.push_back(plan.relation.oid);
  return pg::ArrayText(tables);
}

const char* OutcomeOf(WorkEnd end) {
  switch (end) {
    case WorkEnd::kComplete:
      return "complete";
    case WorkEnd::kStopped:
      return "interrupted";
    case WorkEnd::kDeadline:
      return "out of time";
    case WorkEnd::kNotRunning:
      return "paused";
    case WorkEnd::kSetAside:
      return "rows set aside";
    case WorkEnd::kDismissed:
      break;
  }
  return "failed";
}

// What is not clean about the fills is told once, when the backfill begins.
void Tell(const RunContext& context, const std::vector<FillDanger>& dangers) {
  for (const FillDanger& danger : dangers) {
    context.events.Emit(core::Notice{core::Notice::Level::kWarning,
                                     fmt::format("{}: {}", context.label, Describe(danger))});
  }
}

int64_t CountFilled(pg::Connection& connection, const RunContext& context) {
  int64_t filled = 0;
  for (const FillRow& fill : ReadFillRows(connection, context.schema, context.version)) {
    filled += fill.rows_filled;
  }
  return filled;
}

void Guard(const BackfillRun& run, pg::Connection& connection, const fill::BackfillFile& file) {
  const pg::CancelOnStop cancel(connection, run.stop, milliseconds(0));
  InstallGuards(connection,
                {run.schema, run.actor, run.events, run.settings.lock_patience, run.stop,
                 file.version, file.Label()},
                file);
}

// The first round: says so, in the database and to who looks on. Of a complete backfill the guards may
// have been taken away on purpose.
void Begin(const BackfillRun& run, pg::Connection& connection, const RunContext& context,
           const fill::BackfillFile& file, const BackfillRow* known) {
  ResumeWal(connection, context.schema, context.version);
  ReviewRejects(connection, context);
  const std::vector<FillRow> fills = ReadFillRows(connection, context.schema, context.version);
  if (known == nullptr) {
    pg::RecordEvent(connection, context.schema, context.actor, "backfill started", context.label,
                    fmt::format("{} fills", fills.size()));
  }
  if (known == nullptr || !known->IsComplete()) Guard(run, connection, file);
  const auto complete = std::count_if(fills.begin(), fills.end(), [](const FillRow& fill) {
    return fill.state == FillState::kComplete;
  });
  context.events.Emit(core::BackfillStarted{context.label, static_cast<int>(fills.size()),
                                            static_cast<int>(complete), run.settings.limits.jobs});
}

}  // namespace

void RequireUnchanged(const fill::BackfillFile& file, const std::vector<BackfillRow>& rows) {
  for (const BackfillRow& row : rows) {
    if (row.version != file.version || row.checksum == file.checksum) continue;
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{file.path,
                      fmt::format("changed after the backfill began on {}", row.started_at),
                      {fmt::format("begun: sha256 {}", row.checksum),
                       fmt::format("file:  sha256 {}", file.checksum)}},
        "nothing was changed by this run; rows filled by the old definition are kept",
        "bring the file back to what was begun, and put the change into a backfill with a new "
        "number");
  }
}

WorkEnd RunBackfill(const BackfillRun& run, pg::Connection& connection,
                    const fill::BackfillFile& file) {
  const auto started = steady_clock::now();
  const std::vector<BackfillRow> rows = ReadBackfillRows(connection, run.schema);
  RequireUnchanged(file, rows);
  const auto known = std::find_if(rows.begin(), rows.end(), [&](const BackfillRow& row) {
    return row.version == file.version;
  });
  if (known != rows.end() && known->IsComplete()) {
    if (!run.settings.again && !run.settings.fix_mismatches) return WorkEnd::kComplete;
    ReopenBackfill(connection, run.schema, file.version);
  } else if (known != rows.end() && run.settings.fix_mismatches) {
    ReopenFills(connection, run.schema, file.version);
  }

  const bool is_new = known == rows.end();
  RunContext context{run.target,   run.application_name,
                     run.schema,   run.actor,
                     run.events,   run.settings,
                     file.version, file.Label(),
                     {},           fill::FindDependencies(file),
                     {},           {},
                     nullptr,      run.redact};
  fill::BackfillFile wanted = file;
  for (fill::Fill& fill : wanted.fills) fill.overwrite = run.settings.fix_mismatches && !fill.once;
  std::optional<Pacer> pacer;
  // Each round works on the relations that there are at its start; see FinishRound.
  for (bool is_first = true;; is_first = false) {
    std::vector<FillDanger> dangers;
    try {
      const pg::CancelOnStop cancel(connection, run.stop, milliseconds(0));
      pg::Transaction transaction(connection, {.rows_are_all_visible = true, .read_only = true});
      context.plans = PlanBackfill(connection, wanted);
      if (is_first && is_new) dangers = ReadBackfillDangers(connection, wanted, context.plans);
    } catch (const std::exception&) {
      if (run.stop.stop_requested()) return WorkEnd::kStopped;
      throw;
    }
    Tell(context, dangers);
    if (!is_first || !is_new) LeaveOutLateComers(context, connection);
    RegisterBackfill(connection, run.schema, file, context.plans);
    BindPlans(context, ReadFillRows(connection, run.schema, file.version));
    if (is_first) {
      Begin(run, connection, context, file, is_new ? nullptr : &*known);
      pacer.emplace(WatchedRun{run.target, run.application_name, run.schema, run.actor, run.events,
                               file.version, context.label, run.settings.limits},
                    TablesOf(context.plans), connection);
      context.pacer = &*pacer;
    } else {
      pacer->Watch(TablesOf(context.plans));
    }
    WorkEnd end = RunWorkers(context, run.stop);
    if (end == WorkEnd::kComplete) {
      const RoundEnd round = FinishRound(connection, context, file);
      if (round == RoundEnd::kMore) continue;
      if (round == RoundEnd::kSetAside) end = WorkEnd::kSetAside;
    }
    pacer->Conclude(OutcomeOf(end));
    if (end != WorkEnd::kComplete) return end;
    run.events.Emit(core::BackfillCompleted{
        context.label, CountFilled(connection, context),
        std::chrono::duration_cast<milliseconds>(steady_clock::now() - started)});
    return end;
  }
}

}  // namespace rung::backfill
