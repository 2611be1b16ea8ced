#include "backfill/batch.h"

#include <fmt/format.h>

#include "backfill/geometry.h"
#include "backfill/reject.h"
#include "pg/transaction.h"

namespace rung::backfill {

using std::chrono::duration_cast;
using std::chrono::steady_clock;

pg::Params SliceOf(const FillPlan& plan, const Chunk& chunk) {
  const std::string mask = std::to_string(kHashSpace - chunk.slice_width);
  const std::string slice = std::to_string(chunk.slice_at);
  if (plan.sweep == Sweep::kPage) {
    return {fmt::format("({},0)", chunk.lo_page), fmt::format("({},0)", chunk.hi_page), mask,
            slice};
  }
  return {chunk.lo_key, chunk.hi_key, mask, slice};
}

std::string WorkerName(const pg::Connection& connection, const RunContext& context) {
  return fmt::format("{}:{}/{}", context.actor.host, context.actor.pid, connection.announced_pid());
}

std::optional<Batch> RunBatch(pg::Connection& connection, const RunContext& context,
                              const BatchRequest& request) {
  const auto started = steady_clock::now();
  pg::Transaction transaction(connection, kBatchTransaction);

  const auto chunk = ClaimChunk(transaction, context.schema, context.version, context.fill_ids,
                                {.avoid = request.avoid_chunk, .only = std::nullopt});
  if (!chunk) return std::nullopt;
  const FillPlan& plan = *context.plan_of_fill.at(chunk->fill_id);

  const int slice_end =
      ChooseSliceEnd(chunk->slice_at, chunk->slice_width, chunk->rows_filled, request.rows);
  const bool takes_rest = slice_end - chunk->slice_at > chunk->slice_width;
  std::optional<FillPlan> narrowed;
  const FillPlan& statements =
      chunk->has_rejects ? narrowed.emplace(LeaveOut(
                               plan, IsSetAside(context.schema, plan.relation, chunk->fill_id)))
                         : plan;
  int64_t rows = 0;
  try {
    if (!plan.before_update.empty()) transaction.Exec(plan.before_update);
    rows = static_cast<int64_t>(
        transaction
            .Exec(takes_rest ? statements.update_rest : statements.update, SliceOf(plan, *chunk))
            .affected_rows());
  } catch (const pg::ServerError& error) {
    throw BatchFailed{&plan, *chunk, error};
  }

  RecordSlice(transaction, context.schema, *chunk,
              {.slice_end = slice_end,
               .rows = rows,
               .took = duration_cast<std::chrono::microseconds>(steady_clock::now() - started),
               .retries = request.retries,
               .worker = WorkerName(connection, context)});
  transaction.Commit();
  return Batch{&plan, chunk->id, rows,
               duration_cast<std::chrono::microseconds>(steady_clock::now() - started)};
}

}  // namespace rung::backfill
