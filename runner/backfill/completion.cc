#include "backfill/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "backfill/ledger.h"
#include "backfill/reject.h"
#include "fill/relation.h"
#include "pg/audit.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

using FillKey = std::pair<size_t, std::string>;  // position, relation

std::set<FillKey> KeysOf(const std::vector<FillRow>& fills) {
  std::set<FillKey> keys;
  for (const FillRow& fill : fills) keys.emplace(fill.position, fill.relation);
  return keys;
}

std::set<FillKey> ReadRelations(pg::Connection& connection, const fill::BackfillFile& file) {
  std::set<FillKey> relations;
  for (size_t position = 0; position < file.fills.size(); ++position) {
    for (std::string& name : fill::FindRelationNames(connection, file.fills[position])) {
      relations.emplace(position, std::move(name));
    }
  }
  return relations;
}

void Tell(const RunContext& context, core::Notice::Level level, const std::string& text) {
  context.events.Emit(core::Notice{level, fmt::format("{}: {}", context.label, text)});
}

}  // namespace

void LeaveOutLateComers(RunContext& context, pg::Connection& connection) {
  const std::set<FillKey> known = KeysOf(ReadFillRows(connection, context.schema, context.version));
  std::erase_if(context.plans, [&](const FillPlan& plan) {
    if (!plan.once || known.contains({plan.position, plan.relation.name})) return false;
    Tell(context, core::Notice::Level::kWarning,
         fmt::format("{} came after the start and is left alone, for once = true", plan.table));
    return true;
  });
}

void ReviewRejects(pg::Connection& connection, const RunContext& context) {
  const auto rejects = CountRejects(connection, context.schema);
  bool has_rejects = false;
  for (const auto& [fill_id, plan] : context.plan_of_fill) {
    if (!rejects.contains(fill_id)) continue;
    DropSettledRejects(connection, context.schema, *plan, fill_id);
    has_rejects = true;
  }
  if (!has_rejects) return;
  const std::vector<FillRow> fills = ReadFillRows(connection, context.schema, context.version);
  const bool is_swept = std::all_of(fills.begin(), fills.end(), [](const FillRow& fill) {
    return fill.state == FillState::kComplete;
  });
  if (is_swept) ReopenFills(connection, context.schema, context.version);
}

RoundEnd FinishRound(pg::Connection& connection, const RunContext& context,
                     const fill::BackfillFile& file) {
  pg::Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10)});
  const std::string state = LockState(transaction, context.schema, context.version);
  if (state != "running") return state == "complete" ? RoundEnd::kComplete : RoundEnd::kMore;

  const std::vector<FillRow> fills = ReadFillRows(connection, context.schema, context.version);
  const std::set<FillKey> known = KeysOf(fills);
  const std::set<FillKey> relations = ReadRelations(connection, file);
  bool has_new = false;
  for (const auto& [position, relation] : relations) {
    if (known.contains({position, relation}) || file.fills[position].once) continue;
    Tell(context, core::Notice::Level::kInfo,
         fmt::format("{} came after the start, it is swept too", relation));
    has_new = true;
  }
  if (has_new) return RoundEnd::kMore;

  int64_t rows = 0;
  for (const FillRow& fill : fills) {
    rows += fill.rows_filled;
    const bool is_gone = !relations.contains({fill.position, fill.relation});
    if (is_gone && fill.state != FillState::kComplete) {
      CloseFill(transaction, context.schema, fill.id);
    }
  }
  if (!CompleteBackfill(transaction, context.schema, context.version)) {
    transaction.Commit();
    const auto rejects = CountRejects(connection, context.schema);
    const bool has_rejects = std::any_of(
        fills.begin(), fills.end(), [&](const FillRow& fill) { return rejects.contains(fill.id); });
    const bool is_swept = std::all_of(fills.begin(), fills.end(), [&](const FillRow& fill) {
      return fill.state == FillState::kComplete ||
             !relations.contains({fill.position, fill.relation});
    });
    return has_rejects && is_swept ? RoundEnd::kSetAside : RoundEnd::kMore;
  }
  pg::RecordEvent(connection, context.schema, context.actor, "backfill completed", context.label,
                  fmt::format("{} rows filled", rows));
  transaction.Commit();
  return RoundEnd::kComplete;
}

}  // namespace rung::backfill
