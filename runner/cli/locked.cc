#include "cli/locked.h"

#include "cli/own_tables.h"

namespace rung::cli {

void TakeRunLock(Program& program, const pg::Target& target, std::optional<pg::RunLock>& lock) {
  lock.emplace(target, program.ApplicationName() + " lock", program.schema,
               program.options.lock_wait, program.stop, [&](const pg::LockHolder& holder) {
                 program.events.Emit(core::Notice{core::Notice::Level::kInfo,
                                                  "waiting for another run: " + Describe(holder)});
               });
}

void EnsureOwnTables(Program& program, pg::Connection& connection) {
  const std::vector<pg::OwnStep> steps = AllOwnSteps();
  if (pg::IsUpToDate(connection, program.schema, steps)) return;
  pg::EnsureOwnTables(connection, program.schema, steps);
}

migrate::HistoryWriter WriterOf(Program& program, pg::Connection& connection) {
  return {connection, program.schema, program.actor,
          [&program](const std::string& text) { return program.console.redactor().Redact(text); },
          program.options.record_supabase};
}

}  // namespace rung::cli
