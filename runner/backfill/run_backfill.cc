#include "backfill/run_backfill.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>

#include "backfill/guard.h"
#include "backfill/pacer.h"
#include "backfill/reject.h"
#include "backfill/workers.h"
#include "core/error.h"
#include "pg/audit.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Finds the plan of each of the ledger's fills.
void BindPlans(RunContext& context, const std::vector<FillRow>& fills) {
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

// Rows that were mended or have gone since they were set aside are so no more, and a backfill that has
// only waited for them is verified again: it may have been a long time.
void ReviewRejects(pg::Connection& connection, const RunContext& context,
                   std::vector<FillRow>& fills) {
  const auto rejects = CountRejects(connection, context.schema);
  bool has_rejects = false;
  for (const auto& [fill_id, plan] : context.plan_of_fill) {
    if (!rejects.contains(fill_id)) continue;
    DropSettledRejects(connection, context.schema, *plan, fill_id);
    has_rejects = true;
  }
  const bool is_swept = std::all_of(fills.begin(), fills.end(), [](const FillRow& fill) {
    return fill.state == FillState::kComplete;
  });
  if (!has_rejects || !is_swept) return;
  ReopenFills(connection, context.schema, context.version);
  fills = ReadFillRows(connection, context.schema, context.version);
}

}  // namespace

std::vector<FillPlan> PlanBackfill(pg::Connection& connection, const fill::BackfillFile& file) {
  std::vector<FillPlan> plans;
  for (size_t position = 0; position < file.fills.size(); ++position) {
    for (const fill::Relation& relation : fill::ResolveFill(connection, file.fills[position])) {
      plans.push_back(
          PlanFill(file.fills[position], position, relation, connection.server_version()));
    }
  }
  return plans;
}

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

  RunContext context{run.target,   run.application_name,
                     run.schema,   run.actor,
                     run.events,   run.settings,
                     file.version, file.Label(),
                     {},           fill::FindDependencies(file),
                     {},           {},
                     nullptr,      run.redact};
  fill::BackfillFile wanted = file;
  for (fill::Fill& fill : wanted.fills) fill.overwrite = run.settings.fix_mismatches && !fill.once;
  try {
    const pg::CancelOnStop cancel(connection, run.stop, milliseconds(0));
    pg::Transaction transaction(connection, {.rows_are_all_visible = true, .read_only = true});
    context.plans = PlanBackfill(connection, wanted);
  } catch (const std::exception&) {
    if (run.stop.stop_requested()) return WorkEnd::kStopped;
    throw;
  }
  RegisterBackfill(connection, run.schema, file, context.plans);
  ResumeWal(connection, run.schema, file.version);
  std::vector<FillRow> fills = ReadFillRows(connection, run.schema, file.version);
  BindPlans(context, fills);
  ReviewRejects(connection, context, fills);
  if (known == rows.end()) {
    pg::RecordEvent(connection, run.schema, run.actor, "backfill started", context.label,
                    fmt::format("{} fills", fills.size()));
  }
  // Of a complete backfill they may have been taken away on purpose.
  if (known == rows.end() || !known->IsComplete()) {
    const pg::CancelOnStop cancel(connection, run.stop, milliseconds(0));
    InstallGuards(connection,
                  {run.schema, run.actor, run.events, run.settings.lock_patience, run.stop,
                   file.version, file.Label()},
                  file);
  }
  const auto complete = std::count_if(fills.begin(), fills.end(), [](const FillRow& fill) {
    return fill.state == FillState::kComplete;
  });
  run.events.Emit(core::BackfillStarted{context.label, static_cast<int>(fills.size()),
                                        static_cast<int>(complete), run.settings.limits.jobs});

  Pacer pacer({run.target, run.application_name, run.schema, run.actor, run.events, file.version,
               context.label, TablesOf(context.plans), run.settings.limits},
              connection);
  context.pacer = &pacer;
  const WorkEnd end = RunWorkers(context, run.stop);
  pacer.Conclude(OutcomeOf(end));
  if (end == WorkEnd::kComplete) {
    int64_t filled = 0;
    for (const FillRow& fill : ReadFillRows(connection, run.schema, file.version)) {
      filled += fill.rows_filled;
    }
    run.events.Emit(core::BackfillCompleted{
        context.label, filled,
        std::chrono::duration_cast<milliseconds>(steady_clock::now() - started)});
  }
  return end;
}

}  // namespace rung::backfill
