#include "cli/run.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/log.h"
#include "cli/options.h"
#include "cli/signals.h"
#include "core/error.h"
#include "pg/connecting.h"

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
  if (options.command == "plan") return options.execute ? RunRehearsal(program) : RunPlan(program);
  if (options.command == "check") return RunCheck(program);
  if (options.command == "repair") return RunRepair(program);
  if (options.command == "baseline") return RunBaseline(program);
  if (options.command == "pause") return RunControl(program, backfill::Control::kPause);
  if (options.command == "resume") return RunControl(program, backfill::Control::kResume);
  if (options.command == "cancel") return RunControl(program, backfill::Control::kCancel);
  if (options.command == "tune") return RunTune(program);
  if (options.command == "rejects") return RunRejects(program);
  if (options.command == "wipe") return RunWipe(program);
  if (options.command == "verify") return RunVerify(program);
  return RunNew(program);
}

// A closed standard output or error is a free descriptor: the connection to the server would get it, and
// our texts with it. What nobody reads goes where writing fails, as on a full disk.
void OccupyStandardDescriptors() {
  for (int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) != -1) continue;
    // open() takes the lowest free descriptor, which is this one.
    const int opened = open(descriptor == STDOUT_FILENO ? "/dev/full" : "/dev/null", O_RDWR);
    if (opened != descriptor) std::abort();
  }
}

// An error as a person reads it, or as a line among the other lines of a machine's log.
void Tell(const core::Error& error, Console& console, LogFormat format) {
  if (format == LogFormat::kJson) {
    console.WriteLine(ErrorJson(error).dump());
  } else {
    console.WriteError(error.what());
  }
}

int RunToItsEnd(int argc, char** argv) {
  const Signals signals;
  Console console;
  LogFormat format = LogFormat::kText;
  const auto fail = [&](const core::Error& error) {
    Tell(error, console, format);
    return ExitStatusOf(error.failure(), signals.received());
  };
  const auto unexpected = [&](const std::exception& error) {
    // What a stop has cancelled says so in the server's words.
    const bool is_stopped = signals.received() != 0;
    return fail(core::Error(is_stopped ? core::Failure::kInterrupted : core::Failure::kFailed,
                            core::Problem{"", is_stopped ? "interrupted" : error.what(), {}},
                            "everything committed so far is kept", "run it again"));
  };
  try {
    const Options options = ParseOptions({argv + 1, argv + argc}, ReadEnvironment);
    format = options.log_format;
    const int status = RunCommand(options, console, signals);
    if (!console.results_are_whole()) {
      return fail(
          core::Error(core::Failure::kFailed,
                      core::Problem{"standard output", "not everything could be written", {}},
                      "the command itself has done its work", "make room, then run it again"));
    }
    return status;
  } catch (const core::Error& error) {
    return fail(error);
  } catch (const std::exception& error) {  // a lost connection, a statement of our own that failed
    return unexpected(error);
  }
}

}  // namespace

int Run(int argc, char** argv) {
  OccupyStandardDescriptors();
  const int status = RunToItsEnd(argc, argv);
  if (pg::IsConnectingLeftBehind()) _exit(status);
  return status;
}

}  // namespace rung::cli
