// A wipe of Clerk is killed at every one of its requests, in turn: done or not done, the answer never
// comes. Whatever the moment, the next run finishes, and all of it has gone to the one host.

#include <gtest/gtest.h>

#include <csignal>
#include <tuple>

#include "integration/clerk_wiped.h"
#include "support/wait.h"

namespace rung::test {
namespace {

constexpr const char* kEveryone = R"({"organizations": 30, "users": 60, "environment": "production",
  "key": "sk_live_standin0000")";

// Several tests, each for every kParts-th request, so that no one takes long.
constexpr int kParts = 6;

class KilledClerkWipe : public testing::TestWithParam<std::tuple<const char*, int>> {
 protected:
  static Command Wipe(const ClerkProject& project) {
    project.WriteConf(
        "[test]\nallow_wipe = true\nclerk_instance = ins_standin\n"
        "clerk_environment = production\n");
    Command command = project.Wipe({"--yes", "--confirm", "ins_standin", "--production"});
    command.environment[0] = "CLERK_SECRET_KEY=sk_live_standin0000";
    return command;
  }

  static void ExpectOneHost(const ClerkProject& project) {
    for (const auto& request : project.Requests()) {
      EXPECT_EQ("http://" + request["host"].get<std::string>(), project.clerk.url());
    }
  }
};

TEST_P(KilledClerkWipe, IsFinishedByTheNext) {
  // The limit is off, as the runs come right after one another.
  const ClerkProject project(std::string(kEveryone) + R"(, "limited": false})");
  const auto [fault, part] = GetParam();
  int killed = 0;
  for (int request = part;; request += kParts) {
    SCOPED_TRACE(request);
    project.clerk.Set(std::string(R"({"reset": true, "faults": [{"do": ")") + fault +
                      R"(", "skip": )" + std::to_string(request) + "}]}");
    Process first(Wipe(project));
    ASSERT_TRUE(WaitUntil([&] { return first.IsOver() || project.State()["held"] == 1; }));
    if (first.IsOver()) {
      EXPECT_EQ(first.Wait().exit, 0);
      EXPECT_EQ(project.Left(), "0 0");
      break;
    }
    first.Signal(SIGKILL);
    EXPECT_EQ(first.Wait().exit, 137);
    ++killed;
    const Result second = test::Run(Wipe(project));
    ASSERT_EQ(second.exit, 0) << second.err;
    ASSERT_EQ(project.Left(), "0 0");
    ExpectOneHost(project);
  }
  EXPECT_GT(killed, 90 / kParts);
}

INSTANTIATE_TEST_SUITE_P(Clerk, KilledClerkWipe,
                         testing::Combine(testing::Values("hang", "hold"),
                                          testing::Range(0, kParts)));

}  // namespace
}  // namespace rung::test
