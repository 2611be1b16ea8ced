#include "backfill/control.h"

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/own_tables.h"
#include "pg/preflight.h"

namespace rung::cli {
namespace {

// The connection of a command about one backfill, and that backfill.
struct Chosen {
  pg::Target target;
  pg::Connection connection;
  const backfill::BackfillRow row;

  explicit Chosen(Program& program)
      : target(ResolveTarget(program)),
        connection(Connect(program, target)),
        row(Find(program, target, connection)) {}

  static backfill::BackfillRow Find(Program& program, const pg::Target& target,
                                    pg::Connection& connection) {
    const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
    pg::RequireWritable(pg::ReadServerFacts(connection), target.description);
    const auto& arguments = program.options.arguments;
    return backfill::FindBackfill(backfill::ReadBackfillRows(connection, program.schema),
                                  arguments.empty() ? "" : arguments.front());
  }

  std::string Label() const { return row.version.text() + "_" + row.name; }
};

}  // namespace

int RunControl(Program& program, backfill::Control control) {
  Chosen chosen(program);
  const pg::CancelOnStop cancel(chosen.connection, program.stop, std::chrono::milliseconds(0));
  std::string text = chosen.Label() + ": ";
  if (!backfill::ApplyControl(chosen.connection, program.schema, program.actor, chosen.row,
                              control)) {
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

int RunTune(Program& program) {
  const Options& options = program.options;
  Chosen chosen(program);
  const pg::CancelOnStop cancel(chosen.connection, program.stop, std::chrono::milliseconds(0));
  std::map<std::string, std::string> tuning;
  if (options.tuned.empty() && !options.reset) {
    tuning = backfill::ReadStanding(chosen.connection, program.schema, chosen.row.version).tuning;
  } else {
    if (!pg::IsUpToDate(chosen.connection, program.schema, AllOwnSteps())) {
      throw core::Error(
          core::Failure::kFailed,
          core::Problem{program.schema.name(), "these tables are of an older rung", {}},
          "nothing was changed", "run `rung up` or `rung backfill` once with this one");
    }
    tuning = backfill::TuneBackfill(chosen.connection, program.schema, program.actor, chosen.row,
                                    options.reset, options.tuned);
  }
  std::string text = chosen.Label() + ": ";
  if (tuning.empty()) text += "nothing is tuned: each run has the limits that it was given";
  const char* before = "tuned: ";
  for (const auto& [name, value] : tuning) {
    text += before + name + " " + value;
    before = ", ";
  }
  program.events.Emit(core::Notice{core::Notice::Level::kInfo, text});
  return kExitDone;
}

}  // namespace rung::cli
