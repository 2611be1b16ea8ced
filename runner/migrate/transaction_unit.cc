#include "migrate/transaction_unit.h"

#include <fmt/format.h>

#include <algorithm>
#include <random>

#include "core/error.h"
#include "core/sleep.h"
#include "sql/session_setting.h"

namespace rung::migrate {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

void TryInTransaction(FileRun& run, const Unit& unit, bool is_blocked) {
  const ApplyContext& context = run.context;
  const bool begins_with_set = unit.begin < unit.end && sql::IsSet(run.At(unit.begin).head);
  pg::Transaction transaction(context.connection,
                              {.lock_timeout = context.settings.lock_timeout,
                               .strangers_sql = true,
                               .session_timeouts_win = unit.begin > 0 && !context.is_pooled,
                               .modes = unit.modes,
                               .is_identified_later = begins_with_set});
  if (context.is_pooled) run.ReplaySettings(unit.begin);
  bool is_identified = !begins_with_set;
  for (size_t i = unit.begin; i < unit.end; ++i) {
    run.RequireGoing();
    if (!is_identified && !sql::IsSet(run.At(i).head)) {
      transaction.Identify();
      is_identified = true;
    }
    run.RunStatement(i, transaction.backend_pid(), is_blocked);
  }
  if (!is_identified) transaction.Identify();
  context.require_lock();  // without it another run may be doing the same
  if (!transaction.Reclaim(run.ForgetAfter(unit))) {
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{run.migration.path, "the file ended the transaction it runs in", {}},
        "what it did before that is kept, and nothing of it is recorded",
        "undo that by hand, take the COMMIT or ROLLBACK out, then run it again");
  }
  if (transaction.is_read_only()) {  // it has changed nothing, so its record may come later
    transaction.Commit();
    run.RecordAlone(static_cast<int>(unit.end), false, run.ForgetAfter(unit));
    return;
  }
  run.Record(static_cast<int>(unit.end), false);
  transaction.Commit();
}

}  // namespace

// The lock timeout is short because everybody who comes later queues behind a waiting DDL
// statement; the whole unit is tried again instead.
void RunInTransaction(FileRun& run, const Unit& unit) {
  const ApplyContext& context = run.context;
  const auto deadline = steady_clock::now() + context.settings.lock_patience;
  std::minstd_rand random(std::random_device{}());
  bool is_blocked = false;
  for (milliseconds pause{500};; pause = std::min(pause * 2, milliseconds(15000))) {
    try {
      TryInTransaction(run, unit, is_blocked);
      return;
    } catch (const StatementFailed& failed) {
      const bool again = pg::RemedyFor(failed.error.sqlstate) == pg::Remedy::kRetry &&
                         steady_clock::now() < deadline && !context.stop.stop_requested();
      if (!again) throw;
      is_blocked = true;
      const milliseconds jittered(pause.count() / 2 + static_cast<int>(random()) % pause.count());
      run.Warn(fmt::format("{}: {}; rolled back, trying again in {:.1f} s",
                           run.Place(failed.statement), failed.error.what(),
                           static_cast<double>(jittered.count()) / 1000));
      core::SleepFor(jittered, context.stop);
      run.RequireGoing();
      // Prepared statements and session locks outlive a rollback.
      if (run.migration.IsOneTransaction() && !context.is_pooled) {
        pg::ForgetInSession(context.connection, pg::Forget::kAll);
      }
    }
  }
}

}  // namespace rung::migrate
