// Deleting everyone in Clerk: what it does, what it shows, in which order.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <set>
#include <sstream>

#include "integration/clerk_wiped.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Json = nlohmann::json;

TEST(WipeClerk, DeletesOrganizationsThenUsersAndShowsWhat) {
  const ClerkProject project;
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
  EXPECT_EQ(project.Shown(result.out),
            R"(Clerk instance ins_standin (development), key sk_test_…0000
  organizations: 5
  memberships:   10
  users:         8
At 100 requests in ten seconds this takes about 1.0 s.
organizations deleted: 5
users deleted: 8
)");
  EXPECT_EQ(project.Shown(result.err),
            R"(exporting what will go to rung-clerk-ins_standin-<time>.jsonl
organizations: 5 of 5 deleted
users: 8 of 8 deleted
)");
  bool is_user_gone = false;
  for (const Json& request : project.Requests()) {
    const std::string path = request["path"];
    if (request["method"] != "DELETE") continue;
    is_user_gone = is_user_gone || path.starts_with("/v1/users/");
    EXPECT_EQ(path.starts_with("/v1/users/"), is_user_gone) << "an organization after a user";
  }
}

TEST(WipeClerk, ExportsEverythingBeforeTheFirstDeletion) {
  const ClerkProject project(
      R"({"organizations": 5, "users": 8, "faults": [{"on": "DELETE", "do": "hold", "times": 4}]})");
  Process wipe(project.Confirmed({"--export", "gone.jsonl"}));
  ASSERT_TRUE(WaitUntil([&] { return project.State()["held"] == 4; }));
  std::map<std::string, int> kinds;
  for (const Json& object : project.Exported()) ++kinds[object["object"]];
  EXPECT_EQ(kinds, (std::map<std::string, int>{
                       {"organization", 5}, {"organization_membership", 10}, {"user", 8}}));
  struct stat status {};
  ASSERT_EQ(stat((project.directory.path() / "gone.jsonl").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(project.Left(), "5 8");
}

TEST(WipeClerk, SendsItsVersionToTheOneHostAndAsksForLargePages) {
  const ClerkProject project;
  ASSERT_EQ(test::Run(project.Confirmed()).exit, 0);
  std::set<std::string> queries;
  for (const Json& request : project.Requests()) {
    EXPECT_EQ("http://" + request["host"].get<std::string>(), project.clerk.url());
    EXPECT_EQ(request["version"], "2025-11-10");
    if (request["method"] == "GET") queries.insert(request["query"]);
  }
  EXPECT_TRUE(queries.contains("?limit=500&offset=0&order_by=%2Bcreated_at"));
  EXPECT_TRUE(queries.contains("?limit=500&order_by=%2Bcreated_at&starting_after=user_000013"));
}

// What is not listed would be in no export.
TEST(WipeClerk, DeletesNothingWhereClerkCallsAListLongerThanItGivesIt) {
  const ClerkProject project(R"({"organizations": 4, "users": 1, "claimedOrganizations": 5})");
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 1);
  EXPECT_EQ(result.err,
            "rung: Clerk: calls a list longer than it gives it\n  state: nothing was deleted\n"
            "  next:  run it again in a while\n");
  EXPECT_EQ(project.Left(), "4 1");
}

TEST(WipeClerk, OfMoreThanAPageLeavesNothing) {
  const ClerkProject project(R"({"organizations": 1, "users": 1201, "environment": "production",
    "key": "sk_live_standin0000"})");
  project.WriteConf(
      "[test]\nallow_wipe = true\nclerk_instance = ins_standin\nclerk_environment = production\n");
  Command command =
      project.Wipe({"--yes", "--confirm", "ins_standin", "--production", "--dry-run"});
  command.environment[0] = "CLERK_SECRET_KEY=sk_live_standin0000";
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_NE(result.out.find("users:         1,201"), std::string::npos) << result.out;
}

TEST(WipeClerk, OfAProductionInstanceNeedsConfigurationFlagAndItsId) {
  const ClerkProject project(R"({"organizations": 5, "users": 8, "environment": "production",
    "key": "sk_live_standin0000"})");
  project.WriteConf(
      "[test]\nallow_wipe = true\nclerk_instance = ins_standin\nclerk_environment = production\n");
  Command command = project.Wipe({"--yes", "--confirm", "ins_standin", "--production"});
  command.environment[0] = "CLERK_SECRET_KEY=sk_live_standin0000";
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(WipeClerk, IsConfirmedByTypingTheIdAtATerminal) {
  const ClerkProject project;
  Command command = project.Wipe();
  command.in_terminal = true;
  command.typed = "ins_standin\n";
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.out;
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(WipeClerk, AsADryRunNeedsNoPermissionAndDeletesNothing) {
  const ClerkProject project;
  project.WriteConf("");
  Command command = project.Wipe({"--dry-run"});
  command.arguments = {"wipe", "clerk", "--dry-run"};
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(result.out, R"(Clerk instance ins_standin (development), key sk_test_…0000
  organizations: 5
  memberships:   10
  users:         8
At 50 requests in ten seconds this takes about 2.0 s.
)");
  EXPECT_EQ(result.err, "");
  EXPECT_EQ(project.Left(), "5 8");
  EXPECT_EQ(project.Asked("DELETE"), 0u);
  EXPECT_TRUE(project.Exported().empty());
}

TEST(WipeClerk, HasNothingToDoASecondTime) {
  const ClerkProject project(R"({"organizations": 0, "users": 0})");
  const Result result = test::Run(project.Wipe());
  EXPECT_EQ(result.exit, 0);
  EXPECT_EQ(result.err, "nothing to do: there are no organizations and no users\n");
}

TEST(WipeClerk, ListsUsersThatADirectoryManagesAndIsNotFinished) {
  const ClerkProject project(R"({"organizations": 5, "users": 8, "managedUsers": [2, 5]})");
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 3) << result.err;
  EXPECT_EQ(project.Left(), "0 2");
  EXPECT_TRUE(result.out.ends_with(R"(organizations deleted: 5
users deleted: 6
Users that a directory manages, which Clerk does not let go:
  user_000008 user8@example.com
  user_000011 user11@example.com
)")) << result.out;
}

TEST(WipeClerk, DeletesAndTellsWhatAppearsMeanwhile) {
  const ClerkProject project(R"({"organizations": 5, "users": 8, "names": {"0": "x"},
    "appear": {"at": 20, "organizations": 2, "users": 1}, "names": {"6": "\u001b[2J\u0007"}})");
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_EQ(project.Left(), "0 0");
  EXPECT_NE(result.out.find("Organizations that were made during the wipe, and deleted too:\n"
                            "  org_000024 Organization 24\n  org_000025 "),
            std::string::npos)
      << result.out;
  EXPECT_EQ(result.out.find('\x1b'), std::string::npos);
  EXPECT_TRUE(
      result.err.ends_with("warning: somebody was at work during the wipe: is the "
                           "application in maintenance?\n"))
      << result.err;
  std::set<std::string> exported;
  for (const Json& object : project.Exported()) exported.insert(object["id"]);
  EXPECT_TRUE(exported.contains("org_000025") && exported.contains("user_000026"));
}

TEST(WipeClerk, WithoutTheFeatureOrganizationsDeletesUsers) {
  const ClerkProject project(R"({"users": 8, "organizationsEnabled": false})");
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 0) << result.err;
  EXPECT_NE(result.out.find("organizations: disabled in this instance"), std::string::npos);
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(WipeClerk, GivesUpWhereWhatWasDeletedStaysListed) {
  const ClerkProject project(R"({"users": 4, "undeadUsers": [1]})");
  const Result result = test::Run(project.Confirmed());
  EXPECT_EQ(result.exit, 1);
  EXPECT_NE(project.Shown(result.err)
                .find(
                    R"(rung: Clerk: goes on listing 1 objects that it says are deleted
  state: what was deleted is gone from Clerk, and all of it is in rung-clerk-ins_standin-<time>.jsonl
  next:  look at them in Clerk's dashboard, then run it again
)"),
            std::string::npos)
      << result.err;
}

TEST(WipeClerk, EndsOnASignalAndGoesOnLater) {
  const ClerkProject project(R"({"organizations": 5, "users": 8,
    "faults": [{"on": "DELETE", "do": "hang", "skip": 2, "times": 1}]})");
  Process wipe(project.Confirmed());
  ASSERT_TRUE(WaitUntil([&] { return project.State()["held"] == 1; }));
  wipe.Signal(SIGTERM);
  const Result result = wipe.Wait();
  EXPECT_EQ(result.exit, 143);
  EXPECT_NE(result.err.find(": interrupted\n  state: what was deleted is gone from Clerk"),
            std::string::npos)
      << result.err;
  EXPECT_EQ(test::Run(project.Confirmed()).exit, 0);
  EXPECT_EQ(project.Left(), "0 0");
}

TEST(WipeClerk, HidesItsKeyFromWhoeverLooksAtItsEnvironment) {
  const ClerkProject project(
      R"({"organizations": 1, "users": 1, "faults": [{"on": "GET", "do": "hold"}]})");
  Process wipe(project.Confirmed());
  ASSERT_TRUE(WaitUntil([&] { return project.State()["held"] == 1; }));
  std::ostringstream variables;
  variables << std::ifstream("/proc/" + std::to_string(wipe.pid()) + "/environ").rdbuf();
  EXPECT_NE(variables.str().find("CLERK_SECRET_KEY="), std::string::npos);
  EXPECT_EQ(variables.str().find("standin0000"), std::string::npos);
}

TEST(WipeClerk, ReadsItsKeyFromAFileOfItsOwnAlone) {
  const ClerkProject project;
  project.directory.Write("key", "sk_test_standin0000\n");
  const std::filesystem::path key = project.directory.path() / "key";
  Command command = project.Confirmed({"--clerk-key-file", "key"});
  command.environment[0] = "CLERK_SECRET_KEY";
  ASSERT_EQ(chmod(key.c_str(), 0640), 0);
  const Result refused = test::Run(command);
  EXPECT_EQ(refused.exit, 2);
  EXPECT_EQ(refused.err, R"(rung: key: others may read it, and it has Clerk's secret key
  state: nothing was sent to Clerk
  next:  make it your own alone: chmod 600
)");
  EXPECT_EQ(project.Asked(""), 0u);
  ASSERT_EQ(chmod(key.c_str(), 0600), 0);
  EXPECT_EQ(test::Run(command).exit, 0);
  EXPECT_EQ(project.Left(), "0 0");
}

}  // namespace
}  // namespace rung::test
