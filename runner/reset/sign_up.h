// A sign-up, walked through step by step in a transaction that is rolled back.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "pg/connection.h"
#include "reset/readiness.h"
#include "reset/sequences.h"

namespace rung::reset {

struct StepStatement {
  std::string text;
  int line = 1;  // in the file
};

struct SignUpStep {
  std::string name;
  std::vector<StepStatement> statements;
};

struct SignUp {
  std::string path;
  std::vector<SignUpStep> steps;
};

// Shape:  SQL in which comments `-- step: NAME` begin a step.
// Errors: core::Error (kUsage) with the file's line: no step, a statement before the first one, one that
//         would end the transaction or cannot be in one, COPY data, psql's commands, no SQL.
SignUp ReadSignUp(const std::filesystem::path& path);

// One check a step; those behind one that fails are not run. The sequences are as before afterwards too: they
// are restarted where they stand inside the transaction, and that is rolled back with it.
// Tx:     opens and rolls back its own, with locks on the sequences.
// Errors: core::Error (kFailed) where a step has ended the transaction. ConnectionLost.
std::vector<Check> WalkSignUp(pg::Connection& connection, const SignUp& sign_up,
                              const std::vector<TenantColumn>& columns,
                              const std::vector<Sequence>& sequences);

}  // namespace rung::reset
