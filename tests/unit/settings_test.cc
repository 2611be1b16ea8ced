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

TEST_F(SettingsTest, OfTheChosenEnvironmentGoBeforeThoseAboveTheSections) {
  WriteConf(
      "schema = above\njobs = 2\n[staging]\nschema = stage\nurl = s\n[eu.production]\nurl = p\n");
  EXPECT_EQ(Parse({"up"}).schema, "above");
  EXPECT_EQ(Parse({"up"}).target.url_setting, std::nullopt);
  const Options staging = Parse({"up", "--environment", "staging"});
  EXPECT_EQ(staging.schema, "stage");
  EXPECT_EQ(staging.limits.jobs, 2);
  EXPECT_EQ(staging.target.url_setting, "s");
  EXPECT_EQ(staging.target.setting_name, "rung.conf: staging.url");
  EXPECT_EQ(Parse({"up"}, {{"RUNG_ENVIRONMENT", "eu.production"}}).target.url_setting, "p");
  EXPECT_EQ(Parse({"up", "--environment", "staging"}, {{"RUNG_SCHEMA", "v"}}).schema, "v");
}

TEST_F(SettingsTest, MayChooseTheEnvironmentInTheFileItself) {
  WriteConf("environment = staging\n[staging]\nschema = stage\n[other]\nschema = other\n");
  EXPECT_EQ(Parse({"up"}).schema, "stage");
  EXPECT_EQ(Parse({"up", "--environment", "other"}).schema, "other");
}

TEST_F(SettingsTest, SayOnlyInASectionWhatMayBeWiped) {
  WriteConf(
      "[staging]\nallow_wipe = true\nsystem_identifier = 47\nclerk_instance = ins_1\n"
      "clerk_environment = development\n[production]\nallow_wipe = false\n");
  const auto wipe = Parse({"wipe", "--environment", "staging"}).wipe.permission;
  EXPECT_TRUE(wipe.allow_wipe);
  EXPECT_EQ(wipe.system_identifier, "47");
  EXPECT_EQ(wipe.clerk_instance, "ins_1");
  EXPECT_EQ(wipe.clerk_environment, "development");
  EXPECT_FALSE(Parse({"wipe", "--environment", "production"}).wipe.permission.allow_wipe);
  EXPECT_FALSE(Parse({"wipe"}).wipe.permission.allow_wipe);
  EXPECT_FALSE(Parse({"wipe", "--environment", "production"}, {{"RUNG_ALLOW_WIPE", "true"}})
                   .wipe.permission.allow_wipe);
  EXPECT_EQ(test::Refusal([] {
              Parse({"wipe", "--allow_wipe"});
            }),
            "rung: unrecognised option '--allow_wipe'\n"
            "  state: nothing was touched\n  next:  see `rung help wipe`\n");
  WriteConf("allow_wipe = true\n");
  EXPECT_EQ(
      test::Refusal([] { Parse({"wipe"}); }),
      "rung: rung.conf: allow_wipe: stands in no section\n"
      "  state: nothing was touched\n  next:  write it below the [NAME] of its environment\n");
  WriteConf("[a]\nallow_wipe = yes\n");
  EXPECT_EQ(test::Refusal([] {
              Parse({"wipe", "--environment", "a"});
            }),
            "rung: rung.conf: [a] allow_wipe: \"yes\" is not known\n"
            "  state: nothing was touched\n  next:  use true, false\n");
  WriteConf("[a]\nallow_wipe = false\nallow_wipe = true\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: a.allow_wipe: is there twice\n"
            "  state: nothing was touched\n  next:  correct the file\n");
}

TEST_F(SettingsTest, AreRefusedWhereASectionHoldsAnUnknownName) {
  WriteConf("[staging]\nalow_wipe = true\n");
  for (const auto& arguments :
       {std::vector<std::string>{"up"}, {"up", "--environment", "staging"}}) {
    EXPECT_EQ(test::Refusal([&] { Parse(arguments); }),
              "rung: rung.conf: unrecognised option 'staging.alow_wipe'\n"
              "  state: nothing was touched\n  next:  correct the file\n");
  }
  WriteConf("[staging]\nenvironment = other\n");
  EXPECT_EQ(test::Refusal([] { Parse({"up"}); }),
            "rung: rung.conf: unrecognised option 'staging.environment'\n"
            "  state: nothing was touched\n  next:  correct the file\n");
}

TEST_F(SettingsTest, AreRefusedWhereTheEnvironmentHasNoSection) {
  const std::string next =
      "  state: nothing was touched\n  next:  write one, or name another environment\n";
  EXPECT_EQ(test::Refusal([] {
              Parse({"up", "--environment", "x"});
            }),
            "rung: --environment: there is no section [x] in rung.conf\n" + next);
  WriteConf("[y]\nschema = a\n");
  EXPECT_EQ(test::Refusal([] {
              Parse({"up"}, {{"RUNG_ENVIRONMENT", "x"}});
            }),
            "rung: RUNG_ENVIRONMENT: there is no section [x] in rung.conf\n" + next);
}

TEST_F(SettingsTest, ThatStandForAPersonsHandAreFlagsAlone) {
  EXPECT_EQ(Parse({"wipe", "--confirm", "x", "--production"}).wipe.confirm, "x");
  EXPECT_EQ(test::Refusal([] {
              Parse({"wipe"}, {{"RUNG_CONFIRM", "x"}});
            }),
            "rung: RUNG_CONFIRM: only a flag may say this\n"
            "  state: nothing was touched\n  next:  give --confirm instead\n");
  WriteConf("[a]\nproduction = true\n");
  EXPECT_EQ(test::Refusal([] {
              Parse({"wipe", "--environment", "a"});
            }),
            "rung: rung.conf: a.production: only a flag may say this\n"
            "  state: nothing was touched\n  next:  give --production instead\n");
}

}  // namespace
}  // namespace rung::cli
