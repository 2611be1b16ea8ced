// No secret in anything printed, logged, recorded or kept: every failing path of a fresh start is run with a
// canary for the database's password and one for Clerk's key, and everything that comes out is searched.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "integration/clerk_wiped.h"
#include "integration/test_role.h"
#include "integration/wiped.h"

namespace rung::test {
namespace {

constexpr const char* kKey = "sk_test_CANARYKEY0000";
constexpr const char* kPassword = "CANARYpass:w/r@d%21";

class Secrets : public testing::Test {
 protected:
  void ExpectNone(const std::string& what, const std::string& text) {
    EXPECT_EQ(text.find("CANARY"), std::string::npos) << what << ":\n" << text;
  }

  void ExpectNone(const Command& command) {
    std::string words;
    for (const std::string& word : command.arguments) words += word + " ";
    const Result result = test::Run(command);
    ++runs_;
    ExpectNone(words, result.out + result.err);
  }

  void ExpectNoneIn(const std::filesystem::path& directory) {
    for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file() || entry.path().filename() == "key") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      ExpectNone(entry.path().string(), text.str());
    }
  }

  int runs_ = 0;
};

TEST_F(Secrets, OfClerkAreInNoOutput) {
  const std::vector<std::string> faults = {
      R"({"do": "status", "status": 401, "code": "clerk_key_invalid", "message": "bad", "times": 99})",
      R"({"do": "status", "status": 403, "code": "authorization_invalid", "times": 99})",
      R"({"do": "status", "status": 422, "code": "form_param_invalid", "times": 99})",
      R"({"do": "redirect", "to": "http://127.0.0.1:1/", "times": 99})",
      R"({"do": "limit", "after": 0, "times": 99})",
      R"({"do": "html", "times": 99, "skip": 2})",
      R"({"do": "garbage", "times": 99, "skip": 8})",
      R"({"do": "drop", "times": 99, "skip": 4})",
      R"({"do": "status", "status": 403, "code": "x", "times": 99, "on": "DELETE"})",
      R"({"do": "truncated", "times": 1})"};
  for (const std::string& fault : faults) {
    const ClerkProject project(std::string(R"({"organizations": 5, "users": 8, "key": ")") + kKey +
                               R"(", "faults": [)" + fault + "]}");
    for (const char* format : {"text", "json"}) {
      Command command = project.Confirmed({"--verbose", "--log-format", format});
      command.environment[0] = std::string("CLERK_SECRET_KEY=") + kKey;
      ExpectNone(command);
    }
    ExpectNone("the stand-in's record", project.Requests().dump());
    ExpectNoneIn(project.directory.path());
  }
  const ClerkProject project;
  for (const std::string key : {"CANARY", "sk_test_CANARY CANARY", "sk_live_CANARY0000", kKey}) {
    Command command = project.Confirmed({"--verbose"});
    command.environment[0] = "CLERK_SECRET_KEY=" + key;
    ExpectNone(command);
    project.directory.Write("key", key + "\n");
    for (const auto mode : {0644, 0600}) {
      std::filesystem::permissions(project.directory.path() / "key",
                                   static_cast<std::filesystem::perms>(mode));
      Command by_file = project.Confirmed({"--verbose", "--clerk-key-file", "key"});
      by_file.environment[0] = "CLERK_SECRET_KEY";
      ExpectNone(by_file);
    }
  }
  EXPECT_GE(runs_, 30);
}

TEST_F(Secrets, OfTheDatabaseAreInNoOutputRecordOrDump) {
  const TestRole role(kPassword, "SUPERUSER");
  WipeProject wipe;
  const auto as_role = [&](Command command) {
    command.environment.push_back("DATABASE_URL=postgresql://" + role.name() +
                                  ":CANARYpass%3Aw%2Fr%40d%2521@localhost/" +
                                  wipe.project.database.name());
    return command;
  };
  for (const char* format : {"text", "json"}) {
    const std::vector<std::string> log{"--verbose", "--log-format", format};
    const auto with = [&](std::vector<std::string> words) {
      words.insert(words.end(), log.begin(), log.end());
      return words;
    };
    ExpectNone(as_role(wipe.Wipe(with({"--dry-run"}))));
    ExpectNone(as_role(wipe.Wipe(with({"--yes", "--confirm", "CANARY"}))));
    ExpectNone(as_role(wipe.Confirmed(with({"--backup", "/nowhere/x"}))));
    ExpectNone(as_role(wipe.Confirmed(with({"--wipe-script", "gone"}))));
    Command without_tools = as_role(wipe.Confirmed(log));
    without_tools.environment.emplace_back("PATH=/nowhere");
    ExpectNone(without_tools);
    wipe.project.Write("bin/pg_dump",
                       "#!/bin/sh\necho \"pg_dump: $* as $PGPASSWORD\" >&2\nexit 1\n");
    std::filesystem::permissions(wipe.project.directory.path() / "bin/pg_dump",
                                 std::filesystem::perms::owner_all);
    Command failing = as_role(wipe.Confirmed(log));
    failing.environment.push_back("PATH=" + (wipe.project.directory.path() / "bin").string() +
                                  ":/usr/bin:/bin");
    ExpectNone(failing);
    std::filesystem::remove(wipe.project.directory.path() / "bin/pg_dump");
    ExpectNone(as_role(wipe.project.Rung(with({"verify"}))));
  }
  EXPECT_EQ(wipe.Rows(), "org 2, member 3, plan 2, note 1");
  ExpectNone(as_role(wipe.Confirmed({"--verbose"})));
  EXPECT_EQ(wipe.Rows(), "org 0, member 0, plan 2, note 1");
  ExpectNone("the record",
             wipe.project.database.Value("SELECT string_agg(e::text, ' ') FROM rung.event e"));
  ExpectNoneIn(wipe.project.directory.path());
  wipe.project.database.Query("REASSIGN OWNED BY " + role.name() + " TO CURRENT_USER");
}

}  // namespace
}  // namespace rung::test
