// Deletes every organization and every user of a Clerk instance. Whether it may is for its caller to have
// asked.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "clerk/client.h"
#include "reset/clerk_export.h"

namespace rung::reset {

struct ClerkContents {
  bool has_organizations = true;  // false: the feature is off
  std::vector<clerk::Object> organizations;
  std::vector<clerk::Object> memberships;
  std::vector<clerk::Object> users;
  bool is_complete = true;  // false: Clerk calls a list longer than it gives it

  bool IsEmpty() const { return organizations.empty() && users.empty(); }
};

// Everything, to the end of every list.
ClerkContents ReadClerk(clerk::Client& client);

struct ClerkWipeResult {
  int64_t organizations = 0;  // deleted by this run
  int64_t users = 0;
  int64_t gone = 0;                              // that somebody else had deleted
  std::vector<clerk::Object> managed;            // by a directory: they stay
  std::vector<clerk::Object> new_organizations;  // made since `known` was read, and deleted
  std::vector<clerk::Object> new_users;
};

// Organizations, then users, again and again until two passes in a row find nothing that can be deleted. Of
// each pass all is in the export, on disk, before its first deletion. At most four requests at a time.
// Errors: core::Error: see clerk::Client; kFailed where Clerk goes on listing what it says is deleted. What
//         was deleted is gone; a rerun goes on with what is left.
ClerkWipeResult WipeClerk(clerk::Account& account, const ClerkContents& known, ClerkExport& file,
                          const std::stop_token& stop);

}  // namespace rung::reset
