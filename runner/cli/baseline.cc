#include "migrate/baseline.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/locked.h"
#include "core/error.h"
#include "migrate/supabase_history.h"
#include "pg/preflight.h"

namespace rung::cli {
namespace {

using core::Notice;

core::Version ReadVersion(const Options& options) {
  if (options.arguments.empty()) {
    throw core::Error(core::Failure::kUsage,
                      core::Problem{"", "no number: where does the database stand?", {}},
                      "nothing was touched", "see `rung help baseline`");
  }
  if (const auto version = core::Version::Parse(options.arguments.front())) return *version;
  throw core::Error(
      core::Failure::kUsage,
      core::Problem{"", fmt::format("\"{}\" is not a number", options.arguments.front()), {}},
      "nothing was touched", "give the number of a migration");
}

void RequireSomething(Program& program, pg::Connection& connection, const pg::Target& target,
                      const core::Version& version) {
  if (program.options.allow_empty || !migrate::IsEmptyDatabase(connection, program.schema)) return;
  throw core::Error(core::Failure::kFailed,
                    core::Problem{target.description,
                                  fmt::format("the database is empty: nothing in it stands at {}",
                                              version.text()),
                                  {}},
                    "nothing was changed",
                    "run `rung up` to make it, or give --allow-empty if that is what you want");
}

}  // namespace

int RunBaseline(Program& program) {
  const core::Version version = ReadVersion(program.options);
  const auto migrations = migrate::ReadMigrations(program.options.migrations);
  const auto backfills = ReadBackfills(program);
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  pg::RequireWritable(pg::ReadServerFacts(connection), target.description);

  std::optional<pg::RunLock> lock;
  TakeRunLock(program, target, lock);
  const auto history = migrate::ReadHistory(connection, program.schema, migrations);
  const auto files = migrate::PlanBaseline(migrations, history, version);
  const auto tell = [&](const std::string& text) {
    program.events.Emit(Notice{Notice::Level::kInfo, text});
  };
  if (files.empty()) {
    tell(fmt::format("nothing to do: the history stands at {} already", history.back().Label()));
    return kExitDone;
  }
  RequireSomething(program, connection, target, version);
  if (program.options.record_supabase) migrate::EnsureSupabaseHistory(connection);
  EnsureOwnTables(program, connection);
  lock->RequireHeld();
  migrate::RecordBaseline(WriterOf(program, connection), files);
  for (const migrate::Migration* file : files) tell(file->Label() + ": taken over, not run");
  const auto waiting = std::count_if(backfills.begin(), backfills.end(),
                                     [&](const auto& file) { return file.version <= version; });
  if (waiting > 0) {
    tell(
        fmt::format("{} backfill{} up to here will run, and find out by {} whether anything is "
                    "left to fill",
                    waiting, waiting == 1 ? "" : "s", waiting == 1 ? "itself" : "themselves"));
  }
  return kExitDone;
}

}  // namespace rung::cli
