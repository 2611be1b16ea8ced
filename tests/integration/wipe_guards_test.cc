// Each guard of a wipe of the database is enough by itself: all others are open, and nothing happens.

#include <gtest/gtest.h>

#include "integration/fingerprint.h"
#include "integration/test_role.h"
#include "integration/watched_run.h"
#include "integration/wiped.h"

namespace rung::test {
namespace {

class WipeGuards : public testing::Test {
 protected:
  // Nothing has changed, and no dump was taken.
  std::string Refusal(const Command& command, int exit = 2) {
    const std::string before = Fingerprint(wipe_.project.database);
    const Result result = test::Run(command);
    EXPECT_EQ(result.exit, exit) << result.out << result.err;
    EXPECT_EQ(Fingerprint(wipe_.project.database), before);
    EXPECT_TRUE(wipe_.Dumps().empty());
    return wipe_.Shown(command.in_terminal ? result.out : result.err);
  }

  std::string Pin() { return "system_identifier = " + wipe_.SystemIdentifier() + "\n"; }

  WipeProject wipe_;
};

TEST_F(WipeGuards, TheEnvironmentMustBeNamed) {
  EXPECT_EQ(Refusal(wipe_.project.Rung(
                {"wipe", "database", "--yes", "--confirm", wipe_.project.database.name()})),
            R"(rung: --environment: a wipe needs the environment that it is meant for
  state: nothing was touched
  next:  name it with --environment NAME; rung.conf has a section [NAME] for it
)");
}

TEST_F(WipeGuards, TheEnvironmentMustHaveASection) {
  wipe_.WriteConf("[other]\nallow_wipe = true\n" + Pin());
  EXPECT_EQ(Refusal(wipe_.Confirmed()),
            R"(rung: --environment: there is no section [test] in rung.conf
  state: nothing was touched
  next:  write one, or name another environment
)");
}

TEST_F(WipeGuards, TheSectionMustAllowIt) {
  const std::string refusal =
      R"(rung: rung.conf: [test]: allow_wipe is not true: this environment may not be wiped
  state: nothing was touched
  next:  write allow_wipe = true there, if that is what it is for
)";
  wipe_.WriteConf("[test]\n" + Pin());
  EXPECT_EQ(Refusal(wipe_.Confirmed()), refusal);
  wipe_.WriteConf("[other]\nallow_wipe = true\n[test]\nallow_wipe = false\n" + Pin());
  EXPECT_EQ(Refusal(wipe_.Confirmed()), refusal);
  Command by_variable = wipe_.Confirmed();
  by_variable.environment.emplace_back("RUNG_ALLOW_WIPE=true");
  EXPECT_EQ(Refusal(by_variable), refusal);
}

TEST_F(WipeGuards, TheServerMustBePinned) {
  wipe_.WriteConf("[test]\nallow_wipe = true\n");
  EXPECT_EQ(Refusal(wipe_.Confirmed()), R"(rung: rung.conf: [test]: system_identifier is not pinned
  state: nothing was touched
  next:  --dry-run shows what this server has; write system_identifier = … there, from a place you trust
)");
}

TEST_F(WipeGuards, TheServerMustBeThePinnedOne) {
  wipe_.WriteConf("[test]\nallow_wipe = true\nsystem_identifier = 4711\n");
  EXPECT_EQ(
      Refusal(wipe_.Confirmed()),
      R"(rung: rung.conf: [test]: system_identifier is 4711 there, and this server has <identifier>
  state: nothing was touched
  next:  find out where you are: this is not what the file is about
)");
}

TEST_F(WipeGuards, YesAloneConfirmsNothing) {
  EXPECT_EQ(Refusal(wipe_.Wipe({"--yes"})), R"(rung: --yes: needs the project reference with it
  state: nothing was touched
  next:  add --confirm with the project reference
)");
}

TEST_F(WipeGuards, TheReferenceMustBeThisOne) {
  EXPECT_EQ(Refusal(wipe_.Wipe({"--yes", "--confirm", "postgres"})),
            R"(rung: --confirm: that is not the project reference
  state: nothing was touched
  next:  find out where you are, and look at what --dry-run shows
)");
  for (const char* typed : {"y\n", "yes\n", "\n", "postgres\n"}) {
    Command command = wipe_.Wipe();
    command.in_terminal = true;
    command.typed = typed;
    EXPECT_NE(Refusal(command).find("rung: that is not the project reference"), std::string::npos)
        << typed;
  }
}

TEST_F(WipeGuards, WithoutATerminalNobodyIsAsked) {
  const std::string refusal = R"(rung: there is no terminal to ask at
  state: nothing was touched
  next:  run it again with --yes, and --confirm with the project reference, if that is what you want
)";
  EXPECT_EQ(Refusal(wipe_.Wipe()), refusal);
  EXPECT_EQ(Refusal(wipe_.Wipe({"--confirm", wipe_.project.database.name()})), refusal);
}

TEST_F(WipeGuards, TheRoleMustBeAllowedTo) {
  const TestRole role("guard");
  wipe_.project.database.Query("GRANT SELECT ON ALL TABLES IN SCHEMA public TO " + role.name());
  Command command = wipe_.Confirmed();
  command.environment.insert(command.environment.end(),
                             {"PGUSER=" + role.name(), "PGPASSWORD=guard"});
  EXPECT_EQ(Refusal(command, 1),
            R"(rung: scripts/wipe_all_user_data.sql: public.org: this role may not truncate it
rung: scripts/wipe_all_user_data.sql: public.member: this role may not truncate it
  state: nothing was emptied
  next:  connect to the right database as the tables' owner, or correct the list
)");
  wipe_.project.database.Query("DROP OWNED BY " + role.name());
}

TEST_F(WipeGuards, TheListMustBeTruncateAndNothingElse) {
  wipe_.project.Write("scripts/wipe_all_user_data.sql",
                      "TRUNCATE org, member RESTART IDENTITY;\nDROP TABLE plan;\n");
  EXPECT_EQ(Refusal(wipe_.Confirmed()),
            R"(rung: scripts/wipe_all_user_data.sql:2: something else than TRUNCATE
  DROP TABLE plan
  state: nothing was touched
  next:  the script must be TRUNCATE … RESTART IDENTITY and nothing else
)");
  EXPECT_EQ(Refusal(wipe_.Confirmed({"--wipe-script", "gone.sql"})),
            R"(rung: gone.sql: No such file or directory
  state: nothing was run
  next:  name the script that lists the tables with --wipe-script FILE
)");
}

TEST_F(WipeGuards, ABackupThatCannotBeWrittenStopsIt) {
  EXPECT_EQ(Refusal(wipe_.Confirmed({"--backup", "gone/x.dump"})),
            R"(rung: gone/x.dump: cannot be made: No such file or directory
  state: nothing was emptied
  next:  name another file with --backup FILE
)");
  wipe_.project.Write("old.txt", "precious");
  EXPECT_EQ(Refusal(wipe_.Confirmed({"--backup", "old.txt"})),
            R"(rung: old.txt: cannot be made: File exists
  state: nothing was emptied
  next:  name another file with --backup FILE
)");
}

TEST_F(WipeGuards, ABackupWithoutPgDumpStopsIt) {
  Command command = wipe_.Confirmed();
  command.environment.emplace_back("PATH=/nowhere");
  EXPECT_EQ(Refusal(command, 1),
            R"(rung: pg_dump: there is no such program in PATH
  state: nothing was emptied
  next:  correct the cause, or take a backup another way and pass --no-backup
)");
}

TEST_F(WipeGuards, ABackupThatFailsStopsIt) {
  wipe_.project.Write("bin/pg_dump", "#!/bin/sh\necho 'pg_dump: error: no room' >&2\nexit 1\n");
  std::filesystem::permissions(wipe_.project.directory.path() / "bin/pg_dump",
                               std::filesystem::perms::owner_all);
  Command command = wipe_.Confirmed();
  command.environment.push_back("PATH=" + (wipe_.project.directory.path() / "bin").string() +
                                ":/usr/bin:/bin");
  EXPECT_EQ(Refusal(command, 1), R"(rung: pg_dump: failed with status 1
  pg_dump: error: no room
  state: nothing was emptied
  next:  correct the cause, or take a backup another way and pass --no-backup
)");
}

// A limit on the size of files stands for the disk: pg_dump's own writing fails.
TEST_F(WipeGuards, ADiskThatFillsUpDuringTheBackupStopsIt) {
  wipe_.project.database.Query(
      "INSERT INTO note SELECT md5(n::text) FROM generate_series(1, 100000) n");
  std::vector<std::string> words = wipe_.Confirmed().arguments;
  const std::string told =
      Refusal(ThroughShell(wipe_.project, "trap '' XFSZ; ulimit -f 64; exec \"$@\"", words), 1);
  EXPECT_EQ(told.substr(0, told.find('\n')), "rung: pg_dump: failed with status 1");
  EXPECT_NE(told.find("File too large"), std::string::npos) << told;
}

TEST_F(WipeGuards, ABackupWithoutTheTablesStopsIt) {
  wipe_.project.Write("bin/pg_restore", "#!/bin/sh\necho '; Archive created'\n");
  std::filesystem::permissions(wipe_.project.directory.path() / "bin/pg_restore",
                               std::filesystem::perms::owner_all);
  Command command = wipe_.Confirmed({"--backup", "x.dump"});
  command.environment.push_back("PATH=" + (wipe_.project.directory.path() / "bin").string() +
                                ":/usr/bin:/bin");
  EXPECT_EQ(Refusal(command, 1), R"(rung: x.dump: has no data of public.org
  state: nothing was emptied
  next:  correct the cause, or take a backup another way and pass --no-backup
)");
}

}  // namespace
}  // namespace rung::test
