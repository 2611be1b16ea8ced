#include "reset/wipe_database.h"

#include <fmt/format.h>

#include <optional>

#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/free_name.h"
#include "cli/locked.h"
#include "cli/wipe_text.h"
#include "pg/preflight.h"
#include "reset/permission.h"
#include "reset/project_reference.h"

namespace rung::cli {
namespace {

using core::Notice;

void Tell(Program& program, std::string text) {
  program.events.Emit(Notice{Notice::Level::kInfo, std::move(text)});
}

void RequireOneWish(const Options& options) {
  if (!options.wipe.backup || !options.wipe.no_backup) return;
  throw core::Error(core::Failure::kUsage, core::Problem{"--no-backup", "contradicts --backup", {}},
                    "nothing was touched", "leave one of them out");
}

}  // namespace

int RunWipeDatabase(Program& program) {
  const Options& options = program.options;
  const WipeOptions& wipe = options.wipe;
  RequireOneWish(options);
  const reset::TableList list = reset::ReadTableList(wipe.script);
  if (!wipe.dry_run) reset::RequireAllowed(wipe.permission);

  const pg::Target target = ResolveTarget(program);
  const std::string reference = reset::ProjectReference(target);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  pg::RequireWritable(pg::ReadServerFacts(connection), target.description);
  const reset::WipePlan plan = reset::ReadWipePlan(connection, list, options.schema);
  if (!wipe.dry_run) {
    reset::RequirePinned(wipe.permission, "system_identifier", wipe.permission.system_identifier,
                         plan.system_identifier, "this server");
  }
  program.console.WriteResult(TextOf(plan, target.description, reference));
  if (wipe.dry_run) return kExitDone;
  if (plan.IsDone()) {
    Tell(program, "nothing to do: every table is empty, and every sequence at its start");
    return kExitDone;
  }
  RequireTyped(program, "the project reference", reference);

  std::optional<reset::Backup> backup;
  if (!wipe.no_backup) {
    backup = reset::TakeBackup(target,
                               wipe.backup ? *wipe.backup : FreeName("backup", reference, ".dump"),
                               plan.tables, program.stop);
    Tell(program, fmt::format("backup: {}, {}, listed by pg_restore", backup->file.string(),
                              FormatBytes(backup->bytes)));
  }
  std::optional<pg::RunLock> lock;
  TakeRunLock(program, target, lock);
  EnsureOwnTables(program, connection);
  lock->RequireHeld();
  const reset::WipeOrder order{.list = list,
                               .plan = plan,
                               .backup = backup,
                               .reference = reference,
                               .lock_timeout = options.lock_timeout,
                               .lock_patience = options.lock_patience};
  reset::WipeDatabase(connection, program.schema, program.actor, order, program.events,
                      program.stop);
  Tell(program, fmt::format("wiped: {} tables with {} rows; everything else is as it was",
                            plan.tables.size(), FormatCount(plan.Rows())));
  return kExitDone;
}

}  // namespace rung::cli
