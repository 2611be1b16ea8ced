#include "migrate/repair.h"

#include <fmt/format.h>

#include "pg/transaction.h"

namespace rung::migrate {
namespace {

void MarkDone(const HistoryWriter& writer, const RepairStep& step, pg::AuditEvent event) {
  const int done = step.row->statements_done;
  const int total = static_cast<int>(step.migration->statements.size());
  std::vector<pg::AuditEvent> events = {std::move(event)};
  if (done + 1 == total) {
    events.push_back({.kind = "migration applied",
                      .subject = step.label,
                      .detail = fmt::format("{} statements", total),
                      .version = step.version});
  }
  RecordProgress(writer, step.version, *step.migration,
                 {.statements_before = done, .statements_done = done + 1, .took = step.row->took},
                 events);
}

void ApplyStep(const HistoryWriter& writer, const RepairStep& step) {
  pg::AuditEvent event{.kind = "",
                       .subject = step.label,
                       .detail = writer.redact(step.detail),
                       .version = step.version,
                       .data = ReadRowAsJson(writer.connection, writer.schema, step.version)};
  switch (step.kind) {
    case RepairKind::kAcceptFile:
      event.kind = "change accepted";
      AcceptFile(writer, *step.row, *step.migration);
      break;
    case RepairKind::kAcceptRow:
      event.kind = "history row accepted";
      AcceptRow(writer, *step.row);
      break;
    case RepairKind::kForget:
      event.kind = kRowRemoved;
      DeleteRow(writer, step.version);
      break;
    case RepairKind::kMarkDone:
      event.kind = "statement marked done";
      event.statement = step.row->statements_done + 1;
      MarkDone(writer, step, std::move(event));
      return;
    case RepairKind::kMarkUndone:
      event.kind = "statement marked undone";
      event.statement = step.row->statements_done + 1;
      CloseStatement(writer, *step.row);
      break;
  }
  pg::RecordEvents(writer.connection, writer.schema, writer.actor, {&event, 1});
}

}  // namespace

void ApplyRepair(const HistoryWriter& writer, const std::vector<RepairStep>& steps) {
  pg::Transaction transaction(writer.connection, {.lock_timeout = std::chrono::seconds(10)});
  for (const RepairStep& step : steps) ApplyStep(writer, step);
  transaction.Commit();
}

}  // namespace rung::migrate
