// What rung.conf says of an environment in its section: whether it may be wiped at all, and which
// database and Clerk instance it is. Everything in here comes from that file alone.
#pragma once

#include <string>

namespace rung::reset {

struct Permission {
  std::string environment;  // "production"; empty where none was chosen
  std::string file = "rung.conf";
  bool allow_wipe = false;
  std::string system_identifier;  // of the server's cluster; empty: not pinned
  std::string clerk_instance;     // "ins_…"; empty: not pinned
  std::string clerk_environment;  // "development", "production"; empty: not pinned

  // "rung.conf: [production]"
  std::string Place() const { return file + ": [" + environment + "]"; }
};

// Errors: core::Error (kUsage): no environment was chosen, or its section does not allow it.
void RequireAllowed(const Permission& permission);

// Errors: core::Error (kUsage): not pinned, or another one than this.
// Shape:  `key` and `pinned` are the section's, `found` the server's, `what` "this server".
void RequirePinned(const Permission& permission, const std::string& key, const std::string& pinned,
                   const std::string& found, const std::string& what);

}  // namespace rung::reset
