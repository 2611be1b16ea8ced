// Where a setting comes from: its flag, else RUNG_*, else rung.conf, else the default.
#include <gtest/gtest.h>

#include <map>

#include "cli/options.h"
#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::cli {
namespace {

using Variables = std::map<std::string, std::string>;

class Settings : public ::testing::Test {
 protected:
  static Options Parse(const std::vector<std::string>& arguments, const Variables& variables = {}) {
    return ParseOptions(arguments, [&](const std::string& name) -> std::optional<std::string> {
      const auto found = variables.find(name);
      return found == variables.end() ? std::nullopt : std::optional(found->second);
    });
  }

  void WriteConf(const std::string& text) const { directory_.Write("rung.conf", text); }

  test::WorkingDirectory directory_;
};

TEST_F(Settings, ComeFromTheFlagBeforeTheVariableBeforeTheFileBeforeTheDefault) {
  EXPECT_EQ(Parse({"up"}).schema, "rung");
  WriteConf("schema = file\njobs = 2\n");
  EXPECT_EQ(Parse({"up"}).schema, "file");
  EXPECT_EQ(Parse({"up"}).jobs, 2);
  EXPECT_EQ(Parse({"up"}, {{"RUNG_SCHEMA", "variable"}}).schema, "variable");
  EXPECT_EQ(Parse({"up"}, {{"RUNG_JOBS", "3"}}).jobs, 3);
  EXPECT_EQ(Parse({"up", "--schema", "flag"}, {{"RUNG_SCHEMA", "variable"}}).schema, "flag");
  EXPECT_EQ(Parse({"up", "--jobs", "4"}, {{"RUNG_JOBS", "3"}}).jobs, 4);
}

TEST_F(Settings, AreNamedInCapitalsAsVariables) {
  const Options options = Parse({"up"}, {{"RUNG_MAX_RUNTIME", "8m"},
                                         {"RUNG_LOG_FORMAT", "json"},
                                         {"RUNG_MIGRATIONS", "m"},
                                         {"RUNG_BACKFILLS", "b"}});
  EXPECT_EQ(options.max_runtime, std::chrono::minutes(8));
  EXPECT_EQ(options.log_format, LogFormat::kJson);
  EXPECT_EQ(options.migrations, "m");
  EXPECT_EQ(options.backfills, "b");
  EXPECT_TRUE(options.backfills_named);
}

TEST_F(Settings, MayBeSwitches) {
  EXPECT_EQ(Parse({"up"}, {{"RUNG_QUIET", "1"}}).verbosity, Verbosity::kQuiet);
  EXPECT_EQ(Parse({"up"}, {{"RUNG_VERBOSE", "true"}}).verbosity, Verbosity::kVerbose);
  for (const char* off : {"", "0", "false"}) {
    EXPECT_EQ(Parse({"up"}, {{"RUNG_QUIET", off}}).verbosity, Verbosity::kNormal) << off;
  }
  WriteConf("quiet = true\n");
  EXPECT_EQ(Parse({"up"}).verbosity, Verbosity::kQuiet);
  WriteConf("quiet = false\n");
  EXPECT_EQ(Parse({"up"}, {{"RUNG_QUIET", "1"}}).verbosity, Verbosity::kQuiet);
}

TEST_F(Settings, AreRefusedAsSwitchesThatAreNeitherTrueNorFalse) {
  EXPECT_EQ(test::Refusal([] {
              Parse({"up"}, {{"RUNG_QUIET", "maybe"}});
            }),
            "rung: RUNG_QUIET: \"maybe\" is neither true nor false\n"
            "  state: nothing was touched\n  next:  set it to true or false\n");
}

TEST_F(Settings, OfOtherCommandsAreLeftAlone) {
  WriteConf("jobs = 4\nmax-runtime = 8m\n");
  EXPECT_EQ(Parse({"status"}, {{"RUNG_JOBS", "many"}}).command, "status");
  EXPECT_EQ(Parse({"new", "migration", "a"}, {{"RUNG_TO", "x"}}).command, "new");
}

TEST_F(Settings, MayStandInAFileOfAnotherName) {
  directory_.Write("ci.conf", "# for CI\nschema = ci\n");
  WriteConf("schema = file\n");
  EXPECT_EQ(Parse({"--config", "ci.conf", "up"}).schema, "ci");
  EXPECT_EQ(Parse({"up", "--config=ci.conf"}).schema, "ci");
}

TEST_F(Settings, AreRefusedWhereTheNamedFileIsMissing) {
  EXPECT_EQ(test::Refusal([] {
              Parse({"up", "--config", "ci.conf"});
            }),
            "rung: ci.conf: cannot be read\n"
            "  state: nothing was touched\n  next:  name a readable file with --config\n");
}

TEST_F(Settings, AreRefusedWhereTheFileHoldsAnUnknownName) {
  WriteConf("shcema = x\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: unrecognised option 'shcema'\n"
            "  state: nothing was touched\n  next:  correct the file\n");
}

TEST_F(Settings, AreRefusedWhereALineOfTheFileIsNone) {
  WriteConf("schema\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: the options configuration file contains an invalid line 'schema'\n"
            "  state: nothing was touched\n  next:  correct the file\n");
}

TEST_F(Settings, NameTheDatabaseInTheirOrder) {
  const auto url = [](const std::vector<std::string>& arguments, const Variables& variables) {
    const pg::TargetRequest target = Parse(arguments, variables).target;
    return target.url_flag ? "flag " + *target.url_flag : target.url_setting.value_or("none");
  };
  EXPECT_EQ(url({"up"}, {}), "none");
  EXPECT_EQ(url({"up"}, {{"DATABASE_URL", "d"}}), "d");
  WriteConf("url = c\n");
  EXPECT_EQ(url({"up"}, {{"DATABASE_URL", "d"}}), "c");
  EXPECT_EQ(url({"up"}, {{"DATABASE_URL", "d"}, {"RUNG_URL", "r"}}), "r");
  EXPECT_EQ(url({"up", "--url", "f"}, {{"DATABASE_URL", "d"}, {"RUNG_URL", "r"}}), "flag f");
  EXPECT_EQ(url({"--url=f", "up"}, {}), "flag f");
}

TEST_F(Settings, MayHoldAPasswordWhereNobodySeesIt) {
  const Options options = Parse({"up"}, {{"RUNG_URL", "postgresql://a:b=c #d@h/x"}});
  EXPECT_EQ(options.target.url_setting, "postgresql://a:b=c #d@h/x");
}

using SettingsFinding = Settings;

}  // namespace
}  // namespace rung::cli
