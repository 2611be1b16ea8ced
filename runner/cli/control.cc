#include "backfill/control.h"

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "pg/preflight.h"

namespace rung::cli {

int RunControl(Program& program, backfill::Control control) {
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  pg::RequireWritable(pg::ReadServerFacts(connection), target.description);
  const auto rows = backfill::ReadBackfillRows(connection, program.schema);
  const auto& arguments = program.options.arguments;
  const backfill::BackfillRow& row =
      backfill::FindBackfill(rows, arguments.empty() ? "" : arguments.front());

  std::string text = row.version.text() + "_" + row.name + ": ";
  if (!backfill::ApplyControl(connection, program.schema, program.actor, row, control)) {
    text += control == backfill::Control::kResume
                ? "is not paused"
                : std::string("is ") + StateAfter(control) + " already";
  } else if (control == backfill::Control::kResume) {
    text += "resumed; `rung up` or `rung backfill` goes on with it";
  } else {
    text += std::string(StateAfter(control)) +
            ": batches under way end, then every run of it does; everything filled is kept, "
            "`rung resume` has it go on";
  }
  program.events.Emit(core::Notice{core::Notice::Level::kInfo, text});
  return kExitDone;
}

}  // namespace rung::cli
