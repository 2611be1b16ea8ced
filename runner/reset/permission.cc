#include "reset/permission.h"

#include <fmt/format.h>

#include "core/error.h"

namespace rung::reset {
namespace {

core::Error Refused(std::string where, std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(what), {}},
                     "nothing was touched", std::move(next));
}

}  // namespace

void RequireAllowed(const Permission& permission) {
  if (permission.environment.empty()) {
    throw Refused("--environment", "a wipe needs the environment that it is meant for",
                  fmt::format("name it with --environment NAME; {} has a section [NAME] for it",
                              permission.file));
  }
  if (permission.allow_wipe) return;
  throw Refused(permission.Place(), "allow_wipe is not true: this environment may not be wiped",
                "write allow_wipe = true there, if that is what it is for");
}

void RequirePinned(const Permission& permission, const std::string& key, const std::string& pinned,
                   const std::string& found, const std::string& what) {
  if (pinned.empty()) {
    throw Refused(
        permission.Place(), fmt::format("{} is not pinned", key),
        fmt::format("--dry-run shows what {} has; write {} = … there, from a place you trust", what,
                    key));
  }
  if (pinned == found) return;
  throw Refused(permission.Place(),
                fmt::format("{} is {} there, and {} has {}", key, pinned, what, found),
                "find out where you are: this is not what the file is about");
}

}  // namespace rung::reset
