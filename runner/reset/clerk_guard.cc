#include "reset/clerk_guard.h"

#include <fmt/format.h>

#include "core/error.h"

namespace rung::reset {
namespace {

constexpr const char* kProduction = "production";

core::Error Refused(std::string where, std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{std::move(where), std::move(what), {}},
                     "nothing was touched", std::move(next));
}

void RequireProductionMeant(const Permission& permission, bool production,
                            const std::string& what) {
  if (permission.clerk_environment != kProduction) {
    throw Refused(
        permission.Place(), fmt::format("clerk_environment is not production, and {}", what),
        "find out which instance this is; production needs clerk_environment = production "
        "there");
  }
  if (!production) {
    throw Refused("--production", fmt::format("is not given, and {}", what),
                  "give it if everyone's account is to go");
  }
}

}  // namespace

void RequireKeyAllowed(const Permission& permission, const clerk::SecretKey& key, bool production) {
  RequireAllowed(permission);
  if (key.is_live()) {
    RequireProductionMeant(permission, production, fmt::format("{} is a live key", key.Shown()));
  }
}

void RequireInstanceAllowed(const Permission& permission, const clerk::SecretKey& key,
                            bool production, const clerk::Instance& instance) {
  RequirePinned(permission, "clerk_instance", permission.clerk_instance, instance.id,
                "the key's instance");
  RequirePinned(permission, "clerk_environment", permission.clerk_environment, instance.environment,
                "the key's instance");
  const bool is_production = instance.environment == kProduction;
  if (is_production) {
    RequireProductionMeant(permission, production,
                           fmt::format("{} is a production instance", instance.id));
  }
  if (key.is_live() == is_production) return;
  throw Refused("Clerk",
                fmt::format("{} does not belong to an instance that is {}", key.Shown(),
                            instance.environment),
                "find out which instance this is");
}

}  // namespace rung::reset
