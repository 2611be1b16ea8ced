// What a pipeline branches on. Documented in docs/formats.md; never renumbered.
#pragma once

namespace rung::cli {

enum ExitStatus {
  kExitDone = 0,           // done, or nothing to do
  kExitFailed = 1,         // something was tried and did not work
  kExitUsage = 2,          // usage or configuration: nothing was touched
  kExitUnfinished = 3,     // time budget, paused, pending work, or rows still missing
  kExitBusy = 4,           // another run holds the lock
  kExitInterrupted = 130,  // SIGINT; progress kept
  kExitTerminated = 143,   // SIGTERM, SIGHUP; progress kept
};

}  // namespace rung::cli
