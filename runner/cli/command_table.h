// The commands and the flags each of them takes: one source for parsing and help.
#pragma once

#include <span>
#include <string_view>

namespace rung::cli {

enum Flag : unsigned {
  kLimits = 1u << 0,  // how hard a backfill may work
  kTo = 1u << 1,
  kMaxRuntime = 1u << 2,
  kLockWait = 1u << 3,
  kAgain = 1u << 4,
  kFormat = 1u << 5,
  kReset = 1u << 6,
  kLockTimeout = 1u << 7,  // and --lock-patience
  kResume = 1u << 8,
  kExecute = 1u << 9,  // and --lock-timeout
  kCheck = 1u << 10,   // --from, --fail-on, --supabase, --rules
  kAllowLate = 1u << 11,
  kSupabase = 1u << 12,
  kPending = 1u << 13,
  kRepair = 1u << 14,
  kAllowEmpty = 1u << 15,
  kMaxRejects = 1u << 20,
  kRetry = 1u << 21,
  kFinish = 1u << 22,      // and --fix-mismatches
  kWipe = 1u << 24,        // of `wipe`, both kinds
  kWipeScript = 1u << 25,  // --wipe-script
  kVerify = 1u << 26,
  kClerk = 1u << 27,        // --clerk-key-file, --clerk-timeout
  kClerkReport = 1u << 28,  // --clerk
};

struct Command {
  std::string_view name;
  std::string_view arguments;  // as help shows them; empty where there are none
  size_t most_arguments;
  unsigned flags;
  std::string_view summary;
  std::string_view details;
};

std::span<const Command> Commands();

// nullptr where there is none of this name.
const Command* FindCommand(std::string_view name);

}  // namespace rung::cli
