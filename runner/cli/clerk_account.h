// From the environment and the flags to Clerk.
#pragma once

#include "clerk/client.h"
#include "cli/program.h"

namespace rung::cli {

// The key, made known to the redactor, and taken out of this process's environment.
// Errors: core::Error (kUsage): see clerk::ReadSecretKey.
clerk::SecretKey TakeClerkKey(Program& program);

// CLERK_API_URL, or Clerk.
std::string ReadClerkEndpoint();

}  // namespace rung::cli
