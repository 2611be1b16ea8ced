#include "backfill/advance.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "backfill/geometry.h"
#include "backfill/reject.h"
#include "core/error.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

// So many passes in a row that leave no fewer values missing are undone as they are made, or rows
// without a value come as fast as they are filled. A value that travels down a table's own rows takes
// a pass for each step, and each leaves fewer.
constexpr int kMostPassesInVain = 20;

// Carving is quick; a verification takes as long as the table is big.
constexpr pg::TransactionSettings kVerifyTransaction{
    .lock_timeout = std::chrono::seconds(1),
    .idle_timeout = std::chrono::seconds(60),
    .rows_are_all_visible = true,
};

struct PhysicalTable {
  std::string filenode;
  TableSize size;
};

// Today's size; rows by the density that the plan found.
PhysicalTable ReadPhysicalTable(pg::Transaction& transaction, const FillPlan& plan) {
  const pqxx::result result = transaction.Exec(
      "SELECT coalesce(pg_relation_filenode($1::oid), 0), "
      "coalesce(pg_relation_size($1::oid), 0) / current_setting('block_size')::bigint",
      {plan.relation.oid});
  PhysicalTable table{result[0][0].as<std::string>(), {result[0][1].as<int64_t>(), 0}};
  const double rows_a_page = plan.relation.pages > 0 ? plan.relation.rows_estimate /
                                                           static_cast<double>(plan.relation.pages)
                                                     : 60;
  table.size.rows = table.size.pages > 0 ? rows_a_page * static_cast<double>(table.size.pages)
                                         : plan.relation.rows_estimate;  // its rows are elsewhere
  return table;
}

class Advancer {
 public:
  Advancer(pg::Connection& connection, const RunContext& context, int64_t batch_rows)
      : connection_(connection), context_(context), batch_rows_(batch_rows) {}

  // True where this worker changed something.
  bool Try(const FillRow& row) {
    const FillPlan& plan = *context_.plan_of_fill.at(row.id);
    pg::Transaction transaction(connection_, kVerifyTransaction);
    const auto cursor = LockFill(transaction, context_.schema, row.id);
    if (!cursor || cursor->state == FillState::kComplete) return false;
    if (cursor->state == FillState::kPending) {
      Start(transaction, row.id, plan, 1, {});
    } else if (!cursor->is_swept) {
      Carve(transaction, row.id, plan, *cursor);
    } else if (!cursor->has_chunks) {
      Verify(transaction, row, plan, *cursor);
    } else {
      return false;
    }
    transaction.Commit();
    // Reported after the fact: not before the commit returned.
    if (happened_) context_.events.Emit(*happened_);
    if (given_up_) throw *given_up_;
    return true;
  }

 private:
  void Start(pg::Transaction& transaction, int64_t id, const FillPlan& plan, int pass,
             const PassProgress& progress) {
    const PhysicalTable table = ReadPhysicalTable(transaction, plan);
    SweepStart start{
        .pass = pass,
        .filenode = table.filenode,
        .upper_page = table.size.pages,
        .upper_key = std::nullopt,
        .is_empty = table.size.pages == 0,
        // What a verification still finds is sparse: whole chunks are enough.
        .slice_width = pass == 1 && !plan.is_scattered ? ChooseSliceWidth(table.size) : kHashSpace,
        .rows_estimate = static_cast<int64_t>(table.size.rows),
        .progress = progress};
    if (plan.sweep == Sweep::kKey) {
      const pqxx::result upper = transaction.Exec(plan.upper_key);
      start.is_empty = upper.empty();
      start.upper_page = 0;
      if (!upper.empty()) start.upper_key = upper[0][0].as<std::string>();
    }
    StartSweep(transaction, context_.schema, id, start);
    happened_ = core::FillStarted{plan.table, ToString(plan.sweep), pass, start.rows_estimate};
  }

  void Carve(pg::Transaction& transaction, int64_t id, const FillPlan& plan,
             const FillCursor& cursor) {
    const PhysicalTable table = ReadPhysicalTable(transaction, plan);
    if (plan.sweep == Sweep::kKey) {
      const int64_t rows = batch_rows_ * kHashSpace / cursor.slice_width;
      const pqxx::result next = transaction.Exec(
          plan.next_key, {cursor.cursor_key, cursor.upper_key, std::to_string(rows)});
      CarveKeys(transaction, context_.schema, id, cursor,
                next.empty() ? std::nullopt : std::optional(next[0][0].as<std::string>()), rows);
      return;
    }
    if (table.filenode != cursor.filenode) {  // VACUUM FULL, CLUSTER …: every position is another
      Start(transaction, id, plan, cursor.pass, cursor.progress);
      return;
    }
    CarvePages(transaction, context_.schema, id, cursor,
               ChooseChunkPages(table.size, cursor.slice_width, batch_rows_));
  }

  void Verify(pg::Transaction& transaction, const FillRow& row, const FillPlan& plan,
              const FillCursor& cursor) {
    std::optional<FillPlan> narrowed;
    const FillPlan& statements =
        cursor.has_rejects
            ? narrowed.emplace(LeaveOut(plan, IsSetAside(context_.schema, plan.relation, row.id)))
            : plan;
    const auto counted = CountFillable(transaction, statements);
    const int64_t fillable = counted.value_or(1);
    const int64_t set_aside =
        cursor.has_rejects ? CountRejects(connection_, context_.schema)[row.id] : 0;
    PassProgress progress;
    if (fillable == 0) {
      CompleteFill(transaction, context_.schema, row.id);
    } else {
      progress = counted ? ReadProgress(transaction, statements, cursor.progress)
                         : PassProgress{std::nullopt, cursor.progress.passes_in_vain + 1};
      Start(transaction, row.id, plan, cursor.pass + 1, progress);
    }
    happened_ = core::FillVerified{plan.table, cursor.pass, row.rows_filled, fillable, set_aside};
    if (progress.passes_in_vain > 0 && progress.passes_in_vain % kMostPassesInVain == 0) {
      // Thrown after the next pass is recorded: the next run begins with it.
      given_up_ =
          core::Error(core::Failure::kFailed,
                      core::Problem{plan.place,
                                    fmt::format("{}: {} row{} still fillable, though {} passes in "
                                                "a row have filled what they found",
                                                plan.table, fillable,
                                                fillable == 1 ? " is" : "s are", kMostPassesInVain),
                                    {}},
                      "everything filled so far is kept, the backfill is not complete",
                      "find out what takes the value away again (a trigger, the application), then "
                      "run it again");
    }
  }

  // nullopt where a row makes the question itself fail: the batches of the next pass find it.
  static std::optional<int64_t> CountFillable(pg::Transaction& transaction, const FillPlan& plan) {
    // With once = true every key was visited once, and there is no predicate to ask.
    if (plan.once) return 0;
    transaction.Exec("SAVEPOINT rung_count");
    try {
      return transaction.Exec(plan.count_fillable)[0][0].as<int64_t>();
    } catch (const pg::ServerError& error) {
      if (!pg::BlamesARow(error.sqlstate)) throw;
      transaction.Exec("ROLLBACK TO SAVEPOINT rung_count");
      return std::nullopt;
    }
  }

  static PassProgress ReadProgress(pg::Transaction& transaction, const FillPlan& plan,
                                   const PassProgress& before) {
    const auto missing = transaction.Exec(plan.count_missing_values)[0][0].as<int64_t>();
    const bool is_in_vain = before.values_missing && missing >= *before.values_missing;
    return {missing, is_in_vain ? before.passes_in_vain + 1 : 0};
  }

  pg::Connection& connection_;
  const RunContext& context_;
  int64_t batch_rows_;
  std::optional<core::Event> happened_;
  std::optional<core::Error> given_up_;
};

bool IsReady(const FillRow& fill, const std::vector<FillRow>& fills,
             const std::vector<std::vector<size_t>>& waits_for) {
  const std::vector<size_t>& needed = waits_for.at(fill.position);
  return std::all_of(fills.begin(), fills.end(), [&](const FillRow& other) {
    const bool is_needed = std::find(needed.begin(), needed.end(), other.position) != needed.end();
    return !is_needed || other.state == FillState::kComplete;
  });
}

}  // namespace

std::vector<size_t> ChooseFills(const std::vector<FillRow>& fills,
                                const std::vector<std::vector<size_t>>& waits_for) {
  std::vector<size_t> carve;
  std::vector<size_t> verify;
  std::vector<size_t> start;
  for (size_t i = 0; i < fills.size(); ++i) {
    const FillRow& fill = fills[i];
    if (fill.state == FillState::kSweeping && !fill.is_swept) {
      carve.push_back(i);
    } else if (fill.state == FillState::kSweeping && fill.open_chunks == 0 &&
               IsReady(fill, fills, waits_for)) {
      verify.push_back(i);
    } else if (fill.state == FillState::kPending && IsReady(fill, fills, waits_for)) {
      start.push_back(i);
    }
  }
  carve.insert(carve.end(), verify.begin(), verify.end());
  carve.insert(carve.end(), start.begin(), start.end());
  return carve;
}

Step Advance(pg::Connection& connection, const RunContext& context, int64_t batch_rows) {
  std::vector<FillRow> fills = ReadFillRows(connection, context.schema, context.version);
  std::erase_if(fills,
                [&](const FillRow& fill) { return !context.plan_of_fill.contains(fill.id); });
  for (size_t i : ChooseFills(fills, context.waits_for)) {
    if (Advancer(connection, context, batch_rows).Try(fills[i])) return Step::kMoved;
  }
  const std::vector<BackfillRow> backfills = ReadBackfillRows(connection, context.schema);
  const auto own = std::find_if(backfills.begin(), backfills.end(), [&](const BackfillRow& row) {
    return row.version == context.version;
  });
  if (own == backfills.end() || own->IsComplete()) return Step::kComplete;
  if (own->state != "running") return Step::kNotRunning;

  const bool is_swept = std::all_of(fills.begin(), fills.end(), [](const FillRow& fill) {
    return fill.state == FillState::kComplete;
  });
  return is_swept ? Step::kComplete : Step::kNothing;
}

}  // namespace rung::backfill
