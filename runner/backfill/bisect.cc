#include "backfill/bisect.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

#include "backfill/geometry.h"
#include "backfill/reject.h"
#include "core/error.h"
#include "fill/fill_sql.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

using std::chrono::duration_cast;
using std::chrono::steady_clock;

// A transaction with many savepoints is dear to everybody else's snapshots, and holds its rows.
constexpr size_t kMostCandidates = 1000;

// A row that the slice's update would write.
struct Candidate {
  std::string at;   // its place in the sweep
  std::string key;  // text[] literals both, of the key sweep
};

// Rows that lack a value, in the order of the sweep. The fill's own expressions are not asked: they may be
// what fails.
std::vector<Candidate> ReadCandidates(pg::Transaction& transaction, const FillPlan& plan,
                                      const Chunk& chunk, bool all) {
  const std::string place = plan.sweep == Sweep::kPage ? fmt::format("{}.ctid::text", fill::kAlias)
                                                       : KeyText(plan.relation);
  const std::string sql =
      fmt::format("SELECT {}, {} FROM ONLY {} AS {} WHERE {} ORDER BY {} LIMIT $5::bigint", place,
                  KeyText(plan.relation), plan.relation.name, fill::kAlias,
                  SliceCondition(plan, fill::LackingPredicate(plan.fill)), PlaceInSweep(plan));
  pg::Params params = SliceOf(plan, chunk);
  params.push_back(all ? std::nullopt : std::optional(std::to_string(kMostCandidates + 1)));
  std::vector<Candidate> candidates;
  for (const auto& row : transaction.Exec(sql, params)) {
    candidates.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
  }
  return candidates;
}

class Bisection {
 public:
  Bisection(pg::Transaction& transaction, const RunContext& context, const FillPlan& plan,
            const Chunk& chunk, std::vector<Candidate> candidates, int64_t set_aside_before)
      : transaction_(transaction),
        context_(context),
        plan_(plan),
        params_(SliceOf(plan, chunk)),
        candidates_(std::move(candidates)),
        set_aside_before_(set_aside_before),
        update_(
            chunk.has_rejects
                ? LeaveOut(plan, IsSetAside(context.schema, plan.relation, chunk.fill_id)).update
                : plan.update) {}

  // Rows written of the candidates [first, last).
  int64_t Fill(size_t first, size_t last) {
    if (first == last) return 0;
    transaction_.Exec("SAVEPOINT rung_half");
    try {
      const auto rows =
          static_cast<int64_t>(transaction_.Exec(update_, RangeOf(first, last)).affected_rows());
      transaction_.Exec("RELEASE SAVEPOINT rung_half");
      return rows;
    } catch (const pg::ServerError& error) {
      if (!pg::BlamesARow(error.sqlstate)) throw;
      transaction_.Exec("ROLLBACK TO SAVEPOINT rung_half; RELEASE SAVEPOINT rung_half");
      if (last - first == 1) {
        SetAside(candidates_[first], error);
        return 0;
      }
    }
    const size_t middle = std::midpoint(first, last);
    const int64_t rows = Fill(first, middle);
    return rows + Fill(middle, last);
  }

  size_t size() const { return candidates_.size(); }
  const std::vector<Reject>& rejects() const { return rejects_; }

  // Errors: core::Error: so many may not be set aside.
  void RequireRoom(int64_t set_aside_before) const {
    const int64_t most = context_.settings.max_rejects;
    if (rejects_.empty() || set_aside_before + std::ssize(rejects_) <= most) return;
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{plan_.place,
                      fmt::format("{}: row {} is refused, one more than the {} that may be set "
                                  "aside: {}",
                                  plan_.table, rejects_.back().shown_key, most, last_error_),
                      last_details_},
        "this batch is rolled back, every batch before it is kept",
        fmt::format("see `rung rejects {}`; mend the rows or what refuses them, or allow more with "
                    "--max-rejects, then run it again: it goes on from here",
                    context_.label));
  }

 private:
  // The slice's parameters, for the part of the chunk that these candidates are in.
  pg::Params RangeOf(size_t first, size_t last) const {
    pg::Params params = params_;
    const size_t back = plan_.sweep == Sweep::kKey ? 1 : 0;  // (a, b] of keys, [a, b) of pages
    if (first > 0) params[0] = candidates_[first - back].at;
    if (last < candidates_.size()) params[1] = candidates_[last - back].at;
    return params;
  }

  void SetAside(const Candidate& candidate, const pg::ServerError& error) {
    rejects_.push_back({.key = candidate.key,
                        .sqlstate = error.sqlstate,
                        .message = context_.redact(error.message),
                        .shown_key = ShowKey(candidate.key)});
    last_error_ = error.what();
    last_details_ = error.Details();
    RequireRoom(set_aside_before_);
  }

  std::string ShowKey(const std::string& key) {
    return transaction_.Exec("SELECT array_to_string($1::text[], ', ')", {key})[0][0]
        .as<std::string>();
  }

  pg::Transaction& transaction_;
  const RunContext& context_;
  const FillPlan& plan_;
  const pg::Params params_;
  const std::vector<Candidate> candidates_;
  const int64_t set_aside_before_;
  const std::string update_;
  std::vector<Reject> rejects_;
  std::string last_error_;
  std::vector<std::string> last_details_;
};

// Of all fills of the backfill that this run has a plan for.
int64_t CountSetAside(pg::Connection& connection, const RunContext& context) {
  int64_t count = 0;
  for (const auto& [fill_id, rows] : CountRejects(connection, context.schema)) {
    if (context.plan_of_fill.contains(fill_id)) count += rows;
  }
  return count;
}

}  // namespace

std::optional<Batch> RunBisectedBatch(pg::Connection& connection, const RunContext& context,
                                      int64_t chunk_id) {
  const auto started = steady_clock::now();
  pg::Transaction transaction(connection, kBatchTransaction);
  const auto chunk = ClaimChunk(transaction, context.schema, context.version, context.fill_ids,
                                {.avoid = 0, .only = chunk_id});
  if (!chunk) return std::nullopt;
  const FillPlan& plan = *context.plan_of_fill.at(chunk->fill_id);
  int64_t rows = 0;
  std::vector<Reject> rejects;
  try {
    auto candidates = ReadCandidates(transaction, plan, *chunk, false);
    if (candidates.size() > kMostCandidates) {
      if (HalveSlices(transaction, context.schema, chunk->id)) {
        transaction.Commit();
        return Batch{&plan, chunk->id};
      }
      candidates = ReadCandidates(transaction, plan, *chunk, true);
    }
    Bisection bisection(transaction, context, plan, *chunk, std::move(candidates),
                        CountSetAside(connection, context));
    rows = bisection.Fill(0, bisection.size());
    rejects = bisection.rejects();
    if (!rejects.empty()) {
      // One at a time, so that they are counted exactly.
      LockState(transaction, context.schema, context.version);
      bisection.RequireRoom(CountSetAside(connection, context));
      SaveRejects(transaction, context.schema, chunk->fill_id, rejects);
    }
  } catch (const pg::ServerError& error) {
    if (pg::BlamesARow(error.sqlstate)) throw;  // a row of our own
    throw BatchFailed{&plan, *chunk, error};
  }
  const auto took = duration_cast<std::chrono::microseconds>(steady_clock::now() - started);
  RecordSlice(transaction, context.schema, *chunk,
              {.slice_end = std::min(chunk->slice_at + chunk->slice_width, kHashSpace),
               .rows = rows,
               .took = took,
               .worker = WorkerName(connection, context)});
  transaction.Commit();
  for (const Reject& reject : rejects) {
    context.events.Emit(core::RowSetAside{plan.table, reject.shown_key,
                                          fmt::format("{} [{}]", reject.message, reject.sqlstate)});
  }
  return Batch{&plan, chunk->id, rows, took};
}

}  // namespace rung::backfill
