#include "cli/program.h"

#include <pwd.h>
#include <unistd.h>

#include <array>

#include "fill/dependencies.h"

namespace rung::cli {

pg::Target ResolveTarget(Program& program) {
  pg::Target target = pg::ResolveTarget(program.options.target);
  for (const std::string& secret : target.secrets) program.console.redactor().Add(secret);
  return target;
}

pg::Connection Connect(Program& program, const pg::Target& target) {
  core::EventSink& events = program.events;
  return pg::Connection(
      target, program.ApplicationName(), program.stop, [&events](const std::string& text) {
        events.Emit(core::Notice{core::Notice::Level::kDetail, "server: " + text});
      });
}

std::vector<fill::BackfillFile> ReadBackfills(const Program& program) {
  const Options& options = program.options;
  if (!options.backfills_named && !std::filesystem::exists(options.backfills)) return {};
  std::vector<fill::BackfillFile> files = fill::ReadBackfillFiles(options.backfills);
  for (const fill::BackfillFile& file : files) fill::FindDependencies(file);  // refuses circles
  return files;
}

core::Actor ReadActor(const Environment& environment) {
  const auto first_of = [&](std::initializer_list<const char*> names) -> std::string {
    for (const char* name : names) {
      if (auto value = environment(name); value && !value->empty()) return *value;
    }
    return "";
  };
  core::Actor actor;
  const passwd* user = getpwuid(geteuid());
  actor.os_user = user != nullptr ? user->pw_name : std::to_string(geteuid());
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  actor.host = host.data();
  actor.pid = getpid();
  actor.tool_version = RUNG_VERSION;
  actor.git_commit = first_of({"GITHUB_SHA", "CI_COMMIT_SHA"});
  actor.ci_run_url = first_of({"CI_JOB_URL", "CI_PIPELINE_URL"});
  const std::string repository = first_of({"GITHUB_REPOSITORY"});
  const std::string run = first_of({"GITHUB_RUN_ID"});
  if (actor.ci_run_url.empty() && !run.empty() && !repository.empty()) {
    const std::string server = first_of({"GITHUB_SERVER_URL"});
    actor.ci_run_url = (server.empty() ? "https://github.com" : server) + "/" + repository +
                       "/actions/runs/" + run;
    if (const std::string attempt = first_of({"GITHUB_RUN_ATTEMPT"}); !attempt.empty()) {
      actor.ci_run_url += "/attempts/" + attempt;
    }
  }
  return actor;
}

}  // namespace rung::cli
