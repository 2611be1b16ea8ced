// Who runs this, as the audit trail keeps it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <map>

#include "cli/program.h"

namespace rung::cli {
namespace {

core::Actor Read(const std::map<std::string, std::string>& variables) {
  return ReadActor([&](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

TEST(Actor, IsThisProcessOnThisHost) {
  const core::Actor actor = Read({});
  EXPECT_EQ(actor.pid, getpid());
  EXPECT_NE(actor.os_user, "");
  EXPECT_NE(actor.host, "");
  EXPECT_NE(actor.tool_version, "");
  EXPECT_EQ(actor.git_commit, "");
  EXPECT_EQ(actor.ci_run_url, "");
}

TEST(Actor, HasItsRunOnGitHub) {
  const core::Actor actor = Read({{"GITHUB_SHA", "abc"},
                                  {"GITHUB_SERVER_URL", "https://github.com"},
                                  {"GITHUB_REPOSITORY", "me/app"},
                                  {"GITHUB_RUN_ID", "42"}});
  EXPECT_EQ(actor.git_commit, "abc");
  EXPECT_EQ(actor.ci_run_url, "https://github.com/me/app/actions/runs/42");
}

TEST(Actor, HasItsAttemptOnGitHub) {
  EXPECT_EQ(Read({{"GITHUB_SERVER_URL", "https://git.example.com"},
                  {"GITHUB_REPOSITORY", "me/app"},
                  {"GITHUB_RUN_ID", "42"},
                  {"GITHUB_RUN_ATTEMPT", "2"}})
                .ci_run_url,
            "https://git.example.com/me/app/actions/runs/42/attempts/2");
}

TEST(Actor, HasNoRunWhereHalfOfItsAddressIsMissing) {
  EXPECT_EQ(Read({{"GITHUB_RUN_ID", "42"}}).ci_run_url, "");
  EXPECT_EQ(Read({{"GITHUB_RUN_ID", "42"}, {"GITHUB_REPOSITORY", "me/app"}}).ci_run_url,
            "https://github.com/me/app/actions/runs/42");
}

TEST(Actor, HasItsPipelineOnGitLabWhereItHasNoJob) {
  EXPECT_EQ(Read({{"CI_PIPELINE_URL", "https://gitlab/p/1"}}).ci_run_url, "https://gitlab/p/1");
  EXPECT_EQ(Read({{"CI_JOB_URL", "https://gitlab/j/1"}, {"CI_PIPELINE_URL", "https://gitlab/p/1"}})
                .ci_run_url,
            "https://gitlab/j/1");
}

TEST(Actor, HasItsJobOnGitLab) {
  const core::Actor actor =
      Read({{"GITHUB_SHA", ""}, {"CI_COMMIT_SHA", "def"}, {"CI_JOB_URL", "https://gitlab/j/1"}});
  EXPECT_EQ(actor.git_commit, "def");
  EXPECT_EQ(actor.ci_run_url, "https://gitlab/j/1");
}

}  // namespace
}  // namespace rung::cli
