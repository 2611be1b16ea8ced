// One function a command. Each returns an exit status and throws core::Error.
#pragma once

#include "backfill/control.h"
#include "cli/program.h"

namespace rung::cli {

int RunUp(Program& program);
int RunMigrate(Program& program);
int RunBackfillCommand(Program& program);
int RunFinish(Program& program);  // backfill --finish
int RunStatus(Program& program);
int RunReport(Program& program);
int RunClerkReport(Program& program, const fill::BackfillFile& file);  // report --clerk
int RunPlan(Program& program);
int RunRehearsal(Program& program);  // plan --execute
int RunCheck(Program& program);
int RunRepair(Program& program);
int RunBaseline(Program& program);
int RunControl(Program& program, backfill::Control control);  // pause, resume, cancel
int RunTune(Program& program);
int RunRejects(Program& program);
int RunWipe(Program& program);  // database or clerk
int RunWipeDatabase(Program& program);
int RunWipeClerk(Program& program);
int RunVerify(Program& program);
int RunNew(Program& program);

// "rung 0.1.0" and the libraries' versions.
std::string VersionText();

}  // namespace rung::cli
