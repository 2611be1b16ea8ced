// Where a setting comes from: its flag, else RUNG_*, else rung.conf, else the default.
#include <gtest/gtest.h>

#include <map>

#include "cli/options.h"
#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::cli {
namespace {

using Variables = std::map<std::string, std::string>;

class SettingsTest : public ::testing::Test {
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

TEST_F(SettingsTest, ComeFromTheFlagBeforeTheVariableBeforeTheFileBeforeTheDefault) {
  EXPECT_EQ(Parse({"up"}).schema, "rung");
  WriteConf("schema = file\njobs = 2\n");
  EXPECT_EQ(Parse({"up"}).schema, "file");
  EXPECT_EQ(Parse({"up"}).limits.jobs, 2);
  EXPECT_EQ(Parse({"up"}, {{"RUNG_SCHEMA", "variable"}}).schema, "variable");
  EXPECT_EQ(Parse({"up"}, {{"RUNG_JOBS", "3"}}).limits.jobs, 3);
  EXPECT_EQ(Parse({"up", "--schema", "flag"}, {{"RUNG_SCHEMA", "variable"}}).schema, "flag");
  EXPECT_EQ(Parse({"up", "--jobs", "4"}, {{"RUNG_JOBS", "3"}}).limits.jobs, 4);
}

TEST_F(SettingsTest, AreNamedInCapitalsAsVariables) {
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

TEST_F(SettingsTest, MayBeSwitches) {
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

TEST_F(SettingsTest, AreRefusedAsSwitchesThatAreNeitherTrueNorFalse) {
  EXPECT_EQ(test::Refusal([] {
              Parse({"up"}, {{"RUNG_QUIET", "maybe"}});
            }),
            "rung: RUNG_QUIET: \"maybe\" is neither true nor false\n"
            "  state: nothing was touched\n  next:  set it to true or false\n");
}

TEST_F(SettingsTest, OfOtherCommandsAreLeftAlone) {
  WriteConf("jobs = 4\nmax-runtime = 8m\n");
  EXPECT_EQ(Parse({"status"}, {{"RUNG_JOBS", "many"}}).command, "status");
  EXPECT_EQ(Parse({"new", "migration", "a"}, {{"RUNG_TO", "x"}}).command, "new");
}

TEST_F(SettingsTest, MayStandInAFileOfAnotherName) {
  directory_.Write("ci.conf", "# for CI\nschema = ci\n");
  WriteConf("schema = file\n");
  EXPECT_EQ(Parse({"--config", "ci.conf", "up"}).schema, "ci");
  EXPECT_EQ(Parse({"up", "--config=ci.conf"}).schema, "ci");
}

TEST_F(SettingsTest, AreRefusedWhereTheNamedFileIsMissing) {
  EXPECT_EQ(test::Refusal([] {
              Parse({"up", "--config", "ci.conf"});
            }),
            "rung: ci.conf: cannot be read\n"
            "  state: nothing was touched\n  next:  name a readable file with --config\n");
}

TEST_F(SettingsTest, AreRefusedWhereTheFileHoldsAnUnknownName) {
  WriteConf("shcema = x\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: unrecognised option 'shcema'\n"
            "  state: nothing was touched\n  next:  correct the file\n");
}

TEST_F(SettingsTest, AreRefusedWhereALineOfTheFileIsNone) {
  WriteConf("schema\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: the options configuration file contains an invalid line 'schema'\n"
            "  state: nothing was touched\n  next:  correct the file\n");
}

TEST_F(SettingsTest, AreRefusedWhereASwitchInTheFileIsNeitherTrueNorFalse) {
  WriteConf("quiet = maybe\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: the argument ('maybe') for option 'quiet' is invalid. Valid choices "
            "are 'on|off', 'yes|no', '1|0' and 'true|false'\n"
            "  state: nothing was touched\n  next:  correct the file\n");
}

TEST_F(SettingsTest, NameTheDatabaseInTheirOrder) {
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

TEST_F(SettingsTest, NameThePlaceOfTheDatabaseForItsErrors) {
  const auto name = [](const Variables& variables) {
    return Parse({"up"}, variables).target.setting_name;
  };
  EXPECT_EQ(name({{"DATABASE_URL", "d"}}), "DATABASE_URL");
  EXPECT_EQ(name({{"RUNG_URL", "r"}, {"DATABASE_URL", "d"}}), "RUNG_URL");
  WriteConf("url = c\n");
  EXPECT_EQ(name({{"DATABASE_URL", "d"}}), "rung.conf: url");
}

TEST_F(SettingsTest, MayHoldAPasswordWhereNobodySeesIt) {
  const Options options = Parse({"up"}, {{"RUNG_URL", "postgresql://a:b=c #d@h/x"}});
  EXPECT_EQ(options.target.url_setting, "postgresql://a:b=c #d@h/x");
}

TEST_F(SettingsTest, TakeAnEmptyVariableForNone) {
  for (const char* name : {"RUNG_SCHEMA", "RUNG_JOBS", "RUNG_URL", "RUNG_MAX_RUNTIME"}) {
    const Options options = Parse({"up"}, {{name, ""}, {"DATABASE_URL", "d"}});
    EXPECT_EQ(options.schema, "rung") << name;
    EXPECT_EQ(options.target.url_setting, "d") << name;
  }
}

TEST_F(SettingsTest, SwitchOffByAVariableWhatTheFileSwitchesOn) {
  WriteConf("quiet = true\n");
  EXPECT_EQ(Parse({"up"}, {{"RUNG_QUIET", "false"}}).verbosity, Verbosity::kNormal);
  EXPECT_EQ(Parse({"up"}, {{"RUNG_QUIET", "0"}}).verbosity, Verbosity::kNormal);
  WriteConf("verbose = true\n");
  EXPECT_EQ(Parse({"up"}, {{"RUNG_VERBOSE", "false"}}).verbosity, Verbosity::kNormal);
  EXPECT_EQ(Parse({"up", "--verbose"}, {{"RUNG_VERBOSE", "false"}}).verbosity, Verbosity::kVerbose);
}

TEST_F(SettingsTest, ThatContradictEachOtherAreDecidedByWhereTheyComeFrom) {
  WriteConf("quiet = true\n");
  EXPECT_EQ(Parse({"up", "--verbose"}).verbosity, Verbosity::kVerbose);
  EXPECT_EQ(Parse({"up"}, {{"RUNG_VERBOSE", "1"}}).verbosity, Verbosity::kVerbose);
  WriteConf("verbose = true\n");
  EXPECT_EQ(Parse({"up", "--quiet"}).verbosity, Verbosity::kQuiet);
  EXPECT_EQ(Parse({"up", "--quiet", "--verbose"}).verbosity, Verbosity::kQuiet);
}

TEST_F(SettingsTest, AreRefusedWithTheNameOfTheVariableOrFileThatHoldsThem) {
  EXPECT_EQ(test::Refusal([] {
              Parse({"up"}, {{"RUNG_JOBS", "many"}});
            }),
            "rung: RUNG_JOBS: \"many\" is not a whole number from 1 to 64\n"
            "  state: nothing was touched\n  next:  give it one\n");
  WriteConf("jobs = many\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: jobs: \"many\" is not a whole number from 1 to 64\n"
            "  state: nothing was touched\n  next:  give it one\n");
}

}  // namespace
}  // namespace rung::cli
