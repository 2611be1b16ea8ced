#include "cli/run.h"

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_status.h"
#include "cli/log.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "core/error.h"
#include "pg/server_error.h"

namespace rung::cli {
namespace {

std::optional<std::string> ReadEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

int ExitStatusOf(core::Failure failure, int signal) {
  switch (failure) {
    case core::Failure::kFailed:
      return kExitFailed;
    case core::Failure::kUsage:
      return kExitUsage;
    case core::Failure::kUnfinished:
      return kExitUnfinished;
    case core::Failure::kBusy:
      return kExitBusy;
    case core::Failure::kInterrupted:
      return signal == SIGINT ? kExitInterrupted : kExitTerminated;
  }
  return kExitFailed;
}

int RunCommand(const Options& options, Console& console, const Signals& signals) {
  if (options.command == "help") {
    console.WriteResult(HelpText(options.arguments.empty() ? "" : options.arguments.front()));
    return kExitDone;
  }
  if (options.command == "version") {
    console.WriteResult(VersionText());
    return kExitDone;
  }
  Log log(console, options.log_format, options.verbosity);
  Program program{options,
                  console,
                  log,
                  signals.stop(),
                  ReadActor(ReadEnvironment),
                  pg::OwnSchema(options.schema)};
  if (options.command == "up") return RunUp(program);
  if (options.command == "migrate") return RunMigrate(program);
  if (options.command == "backfill") return RunBackfillCommand(program);
  if (options.command == "status") return RunStatus(program);
  if (options.command == "report") return RunReport(program);
  if (options.command == "plan") return RunPlan(program);
  return RunNew(program);
}

}  // namespace

int Run(int argc, char** argv) {
  const Signals signals;
  Console console;
  try {
    const Options options = ParseOptions({argv + 1, argv + argc}, ReadEnvironment);
    const int status = RunCommand(options, console, signals);
    if (!console.results_are_whole() && status == kExitDone) {
      console.WriteError("rung: standard output: not everything could be written\n");
      return kExitFailed;
    }
    return status;
  } catch (const core::Error& error) {
    console.WriteError(error.what());
    return ExitStatusOf(error.failure(), signals.received());
  } catch (const pg::ConnectionLost& lost) {
    console.WriteError(std::string("rung: ") + lost.what() +
                       "\n  state: everything committed so far is kept\n  next:  run it again\n");
    return kExitFailed;
  } catch (const std::exception& error) {
    console.WriteError(std::string("rung: ") + error.what() +
                       "\n  state: everything committed so far is kept\n");
    return kExitFailed;
  }
}

}  // namespace rung::cli
