// Each guard of a wipe of Clerk is enough by itself: all others are open, and nothing is deleted.

#include <gtest/gtest.h>

#include "integration/clerk_wiped.h"

namespace rung::test {
namespace {

constexpr const char* kDevelopment =
    "[test]\nallow_wipe = true\nclerk_instance = ins_standin\nclerk_environment = development\n";
constexpr const char* kProduction =
    "[test]\nallow_wipe = true\nclerk_instance = ins_standin\nclerk_environment = production\n";
constexpr const char* kLiveInstance = R"({"organizations": 5, "users": 8,
  "environment": "production", "key": "sk_live_standin0000"})";

// "where: what" of the one error, after which nothing is gone and no export was begun.
std::string Refusal(const ClerkProject& project, const Command& command) {
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 2) << result.out << result.err;
  EXPECT_EQ(project.Left(), "5 8");
  EXPECT_EQ(project.Asked("DELETE"), 0u);
  EXPECT_TRUE(project.Exported().empty());
  const std::string text = command.in_terminal ? result.out : result.err;
  const size_t begin = text.find("rung: ") + 6;
  return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

Command Live(Command command) {
  command.environment[0] = "CLERK_SECRET_KEY=sk_live_standin0000";
  return command;
}

TEST(ClerkGuards, TheEnvironmentMustBeNamedAndAllowIt) {
  const ClerkProject project;
  Command command = project.Confirmed();
  command.arguments = {"wipe", "clerk", "--yes", "--confirm", "ins_standin"};
  EXPECT_EQ(Refusal(project, command),
            "--environment: a wipe needs the environment that it is meant for");
  project.WriteConf("[test]\nclerk_instance = ins_standin\nclerk_environment = development\n");
  EXPECT_EQ(Refusal(project, project.Confirmed()),
            "rung.conf: [test]: allow_wipe is not true: this environment may not be wiped");
  EXPECT_EQ(project.Asked(""), 0u);
}

TEST(ClerkGuards, TheInstanceMustBePinnedAndThisOne) {
  const ClerkProject project;
  project.WriteConf("[test]\nallow_wipe = true\nclerk_environment = development\n");
  EXPECT_EQ(Refusal(project, project.Confirmed()),
            "rung.conf: [test]: clerk_instance is not pinned");
  project.WriteConf(
      "[test]\nallow_wipe = true\nclerk_instance = ins_other\nclerk_environment = development\n");
  EXPECT_EQ(Refusal(project, project.Confirmed()),
            "rung.conf: [test]: clerk_instance is ins_other there, and the key's instance has "
            "ins_standin");
}

TEST(ClerkGuards, TheInstancesEnvironmentMustBePinnedAndThisOne) {
  const ClerkProject project;
  project.WriteConf("[test]\nallow_wipe = true\nclerk_instance = ins_standin\n");
  EXPECT_EQ(Refusal(project, project.Confirmed()),
            "rung.conf: [test]: clerk_environment is not pinned");
  project.WriteConf(kProduction);
  EXPECT_EQ(Refusal(project, project.Confirmed()),
            "rung.conf: [test]: clerk_environment is production there, and the key's instance has "
            "development");
}

TEST(ClerkGuards, ALiveKeyNeedsTheConfiguration) {
  const ClerkProject project(kLiveInstance);
  project.WriteConf(kDevelopment);
  EXPECT_EQ(Refusal(project, Live(project.Confirmed({"--production"}))),
            "rung.conf: [test]: clerk_environment is not production, and sk_live_…0000 is a live "
            "key");
  EXPECT_EQ(project.Asked(""), 0u);
}

TEST(ClerkGuards, ALiveKeyNeedsTheFlag) {
  const ClerkProject project(kLiveInstance);
  project.WriteConf(kProduction);
  EXPECT_EQ(Refusal(project, Live(project.Confirmed())),
            "--production: is not given, and sk_live_…0000 is a live key");
  EXPECT_EQ(project.Asked(""), 0u);
}

TEST(ClerkGuards, ALiveKeyNeedsTheIdToBeTyped) {
  const ClerkProject project(kLiveInstance);
  project.WriteConf(kProduction);
  EXPECT_EQ(Refusal(project, Live(project.Wipe({"--production", "--yes"}))),
            "--yes: needs the id of the Clerk instance with it");
  EXPECT_EQ(
      Refusal(project, Live(project.Wipe({"--production", "--yes", "--confirm", "ins_other"}))),
      "--confirm: that is not the id of the Clerk instance");
}

TEST(ClerkGuards, AProductionInstanceBehindATestKeyIsRefused) {
  const ClerkProject project(R"({"organizations": 5, "users": 8, "environment": "production"})");
  EXPECT_EQ(Refusal(project, project.Confirmed()),
            "rung.conf: [test]: clerk_environment is development there, and the key's instance has "
            "production");
  project.WriteConf(kProduction);
  EXPECT_EQ(Refusal(project, project.Confirmed()),
            "--production: is not given, and ins_standin is a production instance");
  EXPECT_EQ(Refusal(project, project.Confirmed({"--production"})),
            "Clerk: sk_test_…0000 does not belong to an instance that is production");
}

TEST(ClerkGuards, TheIdMustBeTyped) {
  const ClerkProject project;
  EXPECT_EQ(Refusal(project, project.Wipe()), "there is no terminal to ask at");
  EXPECT_EQ(Refusal(project, project.Wipe({"--confirm", "ins_standin"})),
            "there is no terminal to ask at");
  EXPECT_EQ(Refusal(project, project.Wipe({"--yes"})),
            "--yes: needs the id of the Clerk instance with it");
  Command command = project.Wipe();
  command.in_terminal = true;
  command.typed = "yes\n";
  EXPECT_EQ(Refusal(project, command), "that is not the id of the Clerk instance");
}

TEST(ClerkGuards, TheKeyMustBeOneAndIsNotShown) {
  const ClerkProject project;
  Command command = project.Confirmed();
  command.environment[0] = "CLERK_SECRET_KEY";
  EXPECT_EQ(Refusal(project, command), "there is no secret key of Clerk");
  for (const char* key :
       {"pk_test_CANARY0000", "sk_test_", "sk_test_CANARY 0000", "sk_test_CANARY\r\nX-Header: 1"}) {
    command.environment[0] = std::string("CLERK_SECRET_KEY=") + key;
    EXPECT_EQ(Refusal(project, command),
              "CLERK_SECRET_KEY: not a secret key of Clerk: those begin with sk_test_ or sk_live_");
  }
  EXPECT_EQ(project.Asked(""), 0u);
  command.environment[0] = "CLERK_SECRET_KEY=sk_test_another0000";
  EXPECT_EQ(Refusal(project, command),
            "Clerk: GET /v1/instance: 401 clerk_key_invalid: The provided Clerk Secret Key is "
            "invalid. (trace_1)");
}

TEST(ClerkGuards, TheKeyGoesToClerkOrThisMachineAlone) {
  const ClerkProject project;
  for (const char* url :
       {"https://api.clerk.com.example.com", "http://api.clerk.com", "https://example.com",
        "https://127.0.0.1.example.com", "http://127.0.0.1@example.com", "ftp://127.0.0.1"}) {
    Command command = project.Confirmed();
    command.environment[1] = std::string("CLERK_API_URL=") + url;
    EXPECT_EQ(Refusal(project, command), "CLERK_API_URL: is neither Clerk nor this machine") << url;
  }
}

TEST(ClerkGuards, TheRateIsWithinWhatClerkAllows) {
  const ClerkProject project;
  EXPECT_EQ(Refusal(project, project.Wipe({"--rate", "101"})),
            "--rate: Clerk allows 100 requests in ten seconds");
}

TEST(ClerkGuards, AnExportThatCannotBeMadeStopsIt) {
  const ClerkProject project;
  project.directory.Write("old.jsonl.txt", "precious");
  EXPECT_EQ(Refusal(project, project.Confirmed({"--export", "old.jsonl.txt"})),
            "old.jsonl.txt: cannot be made: File exists");
  EXPECT_EQ(Refusal(project, project.Confirmed({"--export", "gone/x"})),
            "gone/x: cannot be made: No such file or directory");
}

}  // namespace
}  // namespace rung::test
