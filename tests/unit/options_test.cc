#include "cli/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/setting_value.h"
#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::cli {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// In a directory without a rung.conf.
class OptionsTest : public ::testing::Test {
 protected:
  static Options Parse(const std::vector<std::string>& arguments) {
    return ParseOptions(arguments, [](const std::string&) { return std::nullopt; });
  }

  static std::string RefusalOf(const std::vector<std::string>& arguments) {
    return test::Refusal([&] { Parse(arguments); });
  }

  static std::string Refused(const std::string& what, const std::string& next) {
    return "rung: " + what + "\n  state: nothing was touched\n  next:  " + next + "\n";
  }

  test::WorkingDirectory directory_;
};

TEST_F(OptionsTest, HaveDefaults) {
  const Options options = Parse({"up"});
  EXPECT_EQ(options.command, "up");
  EXPECT_THAT(options.arguments, IsEmpty());
  EXPECT_EQ(options.migrations, "migrations");
  EXPECT_EQ(options.backfills, "backfills");
  EXPECT_FALSE(options.backfills_named);
  EXPECT_FALSE(options.target.url_flag || options.target.url_setting || options.target.tls);
  EXPECT_EQ(options.schema, "rung");
  EXPECT_EQ(options.format, Format::kTable);
  EXPECT_EQ(options.log_format, LogFormat::kText);
  EXPECT_EQ(options.verbosity, Verbosity::kNormal);
  EXPECT_EQ(options.limits.jobs, 1);
  EXPECT_FALSE(options.to || options.max_runtime || options.again);
  EXPECT_EQ(options.lock_wait, std::chrono::seconds(60));
  EXPECT_EQ(options.limits.batch_target, milliseconds(200));
  EXPECT_THAT(options.tuned, testing::IsEmpty());
  EXPECT_EQ(options.max_rejects, 100);
  EXPECT_EQ(options.lock_timeout, std::chrono::seconds(3));
  EXPECT_EQ(options.lock_patience, std::chrono::minutes(5));
  EXPECT_FALSE(options.resume);
}

TEST_F(OptionsTest, SayHowLongAMigrationWaitsForItsLocks) {
  const Options options =
      Parse({"migrate", "--lock-timeout", "250ms", "--lock-patience", "2m", "--resume", "skip"});
  EXPECT_EQ(options.lock_timeout, milliseconds(250));
  EXPECT_EQ(options.lock_patience, std::chrono::minutes(2));
  EXPECT_EQ(options.resume, migrate::Resume::kSkip);
  EXPECT_EQ(RefusalOf({"up", "--lock-timeout", "soon"}),
            Refused("--lock-timeout: \"soon\" is not a time", "write 8m, 90s, 1h30m or 250ms"));
}

TEST_F(OptionsTest, HoldWhatTheFlagsSay) {
  const Options options = Parse(
      {"up",        "--migrations", "m",        "--backfills=b", "--url",        "postgresql://h/d",
       "--tls",     "require",      "--schema", "own",           "--log-format", "json",
       "--verbose", "--jobs",       "4",        "--to",          "024",          "--max-runtime",
       "8m",        "--lock-wait",  "0s",       "--batch-ms",    "250"});
  EXPECT_EQ(options.migrations, "m");
  EXPECT_EQ(options.backfills, "b");
  EXPECT_TRUE(options.backfills_named);
  EXPECT_EQ(options.target.url_flag, "postgresql://h/d");
  EXPECT_FALSE(options.target.url_setting);
  EXPECT_EQ(options.target.tls, "require");
  EXPECT_EQ(options.schema, "own");
  EXPECT_EQ(options.log_format, LogFormat::kJson);
  EXPECT_EQ(options.verbosity, Verbosity::kVerbose);
  EXPECT_EQ(options.limits.jobs, 4);
  EXPECT_EQ(options.to->text(), "024");
  EXPECT_EQ(options.max_runtime, std::chrono::minutes(8));
  EXPECT_EQ(options.lock_wait, milliseconds(0));
  EXPECT_EQ(options.limits.batch_target, milliseconds(250));
}

TEST_F(OptionsTest, HoldWhatARepairIsAskedFor) {
  const Options options = Parse({"repair", "7", "08", "--forget", "1,2", "--mark-done", "3",
                                 "--mark-undone", "4", "--all", "--yes", "--record-supabase"});
  EXPECT_EQ(options.arguments, (std::vector<std::string>{"7", "08"}));
  ASSERT_EQ(options.forget.size(), 2u);
  EXPECT_EQ(options.forget[1].text(), "2");
  EXPECT_EQ(options.mark_done.at(0).text(), "3");
  EXPECT_EQ(options.mark_undone.at(0).text(), "4");
  EXPECT_TRUE(options.all);
  EXPECT_TRUE(options.yes);
  EXPECT_TRUE(options.record_supabase);
}

TEST_F(OptionsTest, HoldTheFormatOfAResult) {
  EXPECT_EQ(Parse({"report", "--format", "csv"}).format, Format::kCsv);
  EXPECT_EQ(Parse({"status", "--format=json"}).format, Format::kJson);
  EXPECT_EQ(Parse({"plan", "--format", "table"}).format, Format::kTable);
}

TEST_F(OptionsTest, TakeFlagsOnEitherSideOfTheCommand) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"--schema", "own", "--quiet", "backfill", "024", "--again"},
        {"backfill", "--again", "024", "--schema=own", "--quiet"},
        {"--schema=own", "backfill", "--quiet", "--again", "024"}}) {
    const Options options = Parse(arguments);
    EXPECT_EQ(options.command, "backfill");
    EXPECT_THAT(options.arguments, ElementsAre("024"));
    EXPECT_EQ(options.schema, "own");
    EXPECT_EQ(options.verbosity, Verbosity::kQuiet);
    EXPECT_TRUE(options.again);
  }
}

TEST_F(OptionsTest, TakeNoFlagsValueForTheCommand) {
  EXPECT_EQ(Parse({"--schema", "status", "up"}).command, "up");
  EXPECT_EQ(Parse({"--jobs", "2", "up"}).limits.jobs, 2);
}

TEST_F(OptionsTest, KeepTheArgumentsOfACommand) {
  EXPECT_THAT(Parse({"new", "migration", "add status"}).arguments,
              ElementsAre("migration", "add status"));
}

TEST_F(OptionsTest, AreHelpWhereverHelpIsAskedFor) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--help"}, {"-h"}, {"help"}, {"--quiet", "--help"}}) {
    EXPECT_EQ(Parse(arguments).command, "help");
    EXPECT_THAT(Parse(arguments).arguments, IsEmpty());
  }
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"up", "--help"},
                                                    {"--help", "up"},
                                                    {"up", "-h"},
                                                    {"help", "up"},
                                                    {"up", "--bogus", "--help"},
                                                    {"up", "--jobs", "many", "-h"}}) {
    EXPECT_EQ(Parse(arguments).command, "help");
    EXPECT_THAT(Parse(arguments).arguments, ElementsAre("up"));
  }
}

TEST_F(OptionsTest, AreTheVersionWhereItIsAskedFor) {
  EXPECT_EQ(Parse({"--version"}).command, "version");
  EXPECT_EQ(Parse({"version"}).command, "version");
}

TEST_F(OptionsTest, RefuseFlagsWithoutACommand) {
  EXPECT_EQ(RefusalOf({"--jobs", "2"}), Refused("no command", "see `rung help`"));
}

TEST_F(OptionsTest, RefuseAnUnknownCommandAndNameTheNearest) {
  EXPECT_EQ(RefusalOf({"statsu"}), Refused("no command `statsu`", "did you mean `rung status`?"));
  EXPECT_EQ(RefusalOf({"backfil"}),
            Refused("no command `backfil`", "did you mean `rung backfill`?"));
  EXPECT_EQ(RefusalOf({"frobnicate"}), Refused("no command `frobnicate`", "see `rung help`"));
}

TEST_F(OptionsTest, RefuseAnUnknownFlag) {
  EXPECT_EQ(RefusalOf({"up", "--bogus"}),
            Refused("unrecognised option '--bogus'", "see `rung help up`"));
  EXPECT_EQ(RefusalOf({"up", "--job", "2"}),
            Refused("unrecognised option '--job'", "see `rung help up`"));
  EXPECT_EQ(RefusalOf({"up", "-x"}), Refused("unrecognised option '-x'", "see `rung help up`"));
}

TEST_F(OptionsTest, RefuseTheFlagsOfOtherCommands) {
  for (const auto& [command, flag] :
       std::vector<std::pair<std::string, std::string>>{{"status", "--jobs=2"},
                                                        {"up", "--format=json"},
                                                        {"migrate", "--max-runtime=8m"},
                                                        {"backfill", "--to=024"},
                                                        {"up", "--again"},
                                                        {"report", "--lock-wait=1s"},
                                                        {"new", "--batch-ms=5"},
                                                        {"help", "--jobs=2"}}) {
    EXPECT_EQ(RefusalOf({command, flag}),
              Refused("unrecognised option '" + flag + "'", "see `rung help " + command + "`"));
  }
}

TEST_F(OptionsTest, RefuseAFlagWithoutItsValue) {
  EXPECT_EQ(RefusalOf({"up", "--jobs"}),
            Refused("the required argument for option '--jobs' is missing", "see `rung help up`"));
}

TEST_F(OptionsTest, RefuseAnArgumentTooMany) {
  EXPECT_EQ(RefusalOf({"up", "024"}),
            Refused("`024` is one argument too many for `rung up`", "see `rung help up`"));
  EXPECT_EQ(
      RefusalOf({"backfill", "024", "025"}),
      Refused("`025` is one argument too many for `rung backfill`", "see `rung help backfill`"));
}

TEST_F(OptionsTest, RefuseNumbersThatAreNone) {
  for (const std::string text : {"0", "65", "-1", "1.5", "two", "2x", "99999999999", " 2"}) {
    EXPECT_EQ(
        RefusalOf({"up", "--jobs=" + text}),
        Refused("--jobs: \"" + text + "\" is not a whole number from 1 to 64", "give it one"));
  }
  EXPECT_EQ(RefusalOf({"up", "--batch-ms=0"}),
            Refused("--batch-ms: \"0\" is not a whole number from 1 to 60000", "give it one"));
  EXPECT_EQ(RefusalOf({"up", "--to=latest"}),
            Refused("--to: \"latest\" is not a number", "give the number of a rung"));
}

TEST_F(OptionsTest, RefuseNumbersOfMigrationsThatAreNone) {
  EXPECT_EQ(RefusalOf({"repair", "--forget", "1,x"}),
            "rung: --forget: \"x\" is not a number\n"
            "  state: nothing was touched\n"
            "  next:  give the numbers of migrations, parted by commas\n");
}

TEST_F(OptionsTest, RefuseTimesThatAreNone) {
  EXPECT_EQ(RefusalOf({"up", "--max-runtime=8"}),
            Refused("--max-runtime: \"8\" is not a time", "write 8m, 90s, 1h30m or 250ms"));
  EXPECT_EQ(RefusalOf({"up", "--lock-wait=soon"}),
            Refused("--lock-wait: \"soon\" is not a time", "write 8m, 90s, 1h30m or 250ms"));
}

TEST_F(OptionsTest, RefuseWordsThatAreNotKnown) {
  EXPECT_EQ(RefusalOf({"status", "--format=xml"}),
            Refused("--format: \"xml\" is not known", "use table, json, csv"));
  EXPECT_EQ(RefusalOf({"up", "--log-format=csv"}),
            Refused("--log-format: \"csv\" is not known", "use text, json"));
  EXPECT_EQ(RefusalOf({"up", "--tls=maybe"}),
            Refused("--tls: \"maybe\" is not known",
                    "use disable, prefer, require, verify-ca, verify-full"));
}

TEST_F(OptionsTest, RefuseASchemaThatIsNoName) {
  const std::string message = Refused("--schema: not a name of 1 to 63 bytes", "name a schema");
  EXPECT_EQ(RefusalOf({"up", "--schema", std::string(64, 'x')}), message);
  EXPECT_EQ(Parse({"up", "--schema", std::string(63, 'x')}).schema.size(), 63u);
}

TEST(HelpText, NamesEveryCommand) {
  const std::string help = HelpText("");
  for (const char* command :
       {"up", "migrate", "backfill", "status", "report", "plan", "new", "help", "version"}) {
    EXPECT_THAT(help, HasSubstr("\n  " + std::string(command) + " "));
    EXPECT_THAT(HelpText(command), HasSubstr("Usage: rung " + std::string(command) + " "));
  }
}

TEST(HelpText, IsRefusedForACommandThatDoesNotExist) {
  EXPECT_EQ(test::Refusal([] { HelpText("pu"); }),
            "rung: no command `pu`\n  state: nothing was touched\n"
            "  next:  did you mean `rung up`?\n");
}

}  // namespace
}  // namespace rung::cli
