#include <fmt/format.h>

#include "cli/clerk_account.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/free_name.h"
#include "cli/setting_value.h"
#include "core/visible.h"
#include "reset/clerk_guard.h"
#include "reset/clerk_wipe.h"

namespace rung::cli {
namespace {

using core::Notice;
using reset::ClerkContents;
using reset::ClerkWipeResult;

constexpr const char* kProduction = "production";

void Tell(Program& program, Notice::Level level, std::string text) {
  program.events.Emit(Notice{level, std::move(text)});
}

int RateFor(const Options& options, const clerk::Instance& instance) {
  const int allowed =
      instance.environment == kProduction ? clerk::kProductionLimit : clerk::kDevelopmentLimit;
  const int rate = options.wipe.rate.value_or(allowed / 2);
  if (rate <= allowed) return rate;
  throw Refused("--rate", fmt::format("Clerk allows {} requests in ten seconds", allowed),
                "ask for less: the application lives off the rest");
}

std::string Describe(const ClerkContents& contents, const clerk::Instance& instance,
                     const clerk::SecretKey& key, int rate) {
  const size_t requests = contents.organizations.size() + contents.users.size();
  const auto seconds = static_cast<int64_t>(requests * 10) / rate;
  return fmt::format(
      "Clerk instance {} ({}), key {}\n"
      "  organizations: {}\n  memberships:   {}\n  users:         {}\n"
      "At {} requests in ten seconds this takes about {}.\n",
      core::Visible(instance.id), core::Visible(instance.environment), key.Shown(),
      contents.has_organizations ? FormatCount(static_cast<int64_t>(contents.organizations.size()))
                                 : "disabled in this instance",
      FormatCount(static_cast<int64_t>(contents.memberships.size())),
      FormatCount(static_cast<int64_t>(contents.users.size())), rate,
      FormatDuration(std::chrono::seconds(seconds)));
}

std::string Describe(const ClerkWipeResult& result) {
  std::string text = fmt::format("organizations deleted: {}\nusers deleted: {}\n",
                                 FormatCount(result.organizations), FormatCount(result.users));
  if (result.gone > 0) text += fmt::format("deleted by others meanwhile: {}\n", result.gone);
  const auto list = [&](const std::string& title, const std::vector<clerk::Object>& objects) {
    if (objects.empty()) return;
    text += title + "\n";
    for (const clerk::Object& object : objects) {
      text += fmt::format("  {} {}\n", core::Visible(object.id), core::Visible(object.name));
    }
  };
  list("Organizations that were made during the wipe, and deleted too:", result.new_organizations);
  list("Users that signed up during the wipe, and were deleted too:", result.new_users);
  list("Users that a directory manages, which Clerk does not let go:", result.managed);
  return text;
}

}  // namespace

int RunWipeClerk(Program& program) {
  const Options& options = program.options;
  const WipeOptions& wipe = options.wipe;
  const clerk::SecretKey key = TakeClerkKey(program);
  const std::string endpoint = ReadClerkEndpoint();
  if (!wipe.dry_run) reset::RequireKeyAllowed(wipe.permission, key, wipe.production);

  clerk::Account asking{endpoint, key, clerk::RateLimit(clerk::kDevelopmentLimit / 2),
                        program.events, options.clerk_timeout};
  const clerk::Instance instance = clerk::Client(asking, program.stop).ReadInstance();
  if (!wipe.dry_run) {
    reset::RequireInstanceAllowed(wipe.permission, key, wipe.production, instance);
  }
  const int rate = RateFor(options, instance);
  clerk::Account account{endpoint, key, clerk::RateLimit(rate), program.events,
                         options.clerk_timeout};
  clerk::Client client(account, program.stop);
  const ClerkContents contents = reset::ReadClerk(client);
  program.console.WriteResult(Describe(contents, instance, key, rate));
  if (instance.environment != kProduction && contents.users.size() > 100) {
    Tell(program, Notice::Level::kWarning,
         "Clerk lets an instance for development have 100 users: is this the one that is meant?");
  }
  if (!contents.is_complete) {
    throw core::Error(core::Failure::kFailed,
                      core::Problem{"Clerk", "calls a list longer than it gives it", {}},
                      "nothing was deleted", "run it again in a while");
  }
  if (wipe.dry_run) return kExitDone;
  if (contents.IsEmpty()) {
    Tell(program, Notice::Level::kInfo, "nothing to do: there are no organizations and no users");
    return kExitDone;
  }
  RequireTyped(program, "the id of the Clerk instance", instance.id);

  reset::ClerkExport file(wipe.export_file ? *wipe.export_file
                                           : FreeName("clerk", instance.id, ".jsonl"));
  Tell(program, Notice::Level::kInfo, "exporting what will go to " + file.file().string());
  const ClerkWipeResult result = reset::WipeClerk(account, contents, file, program.stop);
  program.console.WriteResult(Describe(result));
  if (!result.new_organizations.empty() || !result.new_users.empty()) {
    Tell(program, Notice::Level::kWarning,
         "somebody was at work during the wipe: is the application in maintenance?");
  }
  return result.managed.empty() ? kExitDone : kExitUnfinished;
}

}  // namespace rung::cli
