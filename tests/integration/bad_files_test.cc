// Directories and files that cannot be a ladder: refused before anything connects, each one named.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "integration/masked.h"
#include "integration/watched_run.h"

namespace rung::test {
namespace {

using namespace std::string_literals;

constexpr const char* kGood = "CREATE TABLE item (id int);\n";

class BadFiles : public testing::Test {
 protected:
  // What `up` tells, on a server that it must not try to reach.
  std::string Refusal(std::vector<std::string> arguments = {"up"}) {
    Command command = project_.Rung(std::move(arguments));
    command.environment.insert(command.environment.end(), {"PGHOST=/nonexistent", "PGPORT=1"});
    const Result result = test::Run(command);
    EXPECT_EQ(result.exit, 2);
    EXPECT_EQ(result.out, "");
    return Masked(project_, result.err);
  }

  std::filesystem::path Path(const std::string& name) { return project_.directory.path() / name; }

  Project project_;
};

TEST_F(BadFiles, AMissingDirectoryIsNamed) {
  std::filesystem::remove(Path("migrations"));
  const std::string expected = R"(rung: migrations: no such directory
  state: nothing was run
  next:  name the right directory
)";
  EXPECT_EQ(Refusal({"up"}), expected);
  EXPECT_EQ(Refusal({"migrate"}), expected);
  EXPECT_EQ(Refusal({"backfill"}), expected);
  EXPECT_EQ(Refusal({"status"}), expected);
  EXPECT_EQ(Refusal({"plan"}), expected);
}

TEST_F(BadFiles, AnEmptyDirectoryIsNamed) {
  EXPECT_EQ(Refusal(), R"(rung: migrations: no migrations (<digits>_<name>.sql) in here
  state: nothing was run
  next:  name the right directory with --migrations
)");
}

TEST_F(BadFiles, AFileInPlaceOfTheDirectoryIsNamed) {
  project_.Write("sql", kGood);
  EXPECT_EQ(Refusal({"up", "--migrations", "sql"}), R"(rung: sql: not a directory
  state: nothing was run
  next:  name a directory
)");
}

TEST_F(BadFiles, ABackfillDirectoryThatWasAskedForMustExist) {
  project_.Write("migrations/001_item.sql", kGood);
  EXPECT_EQ(Refusal({"up", "--backfills", "fills"}), R"(rung: fills: no such directory
  state: nothing was run
  next:  name the right directory
)");
}

TEST_F(BadFiles, WhatCannotBeReadIsNamedAndDoesNotHang) {
  project_.Write("migrations/001_item.sql", kGood);
  std::filesystem::create_symlink("nowhere", Path("migrations/002_gone.sql"));
  std::filesystem::create_directory(Path("migrations/003_directory.sql"));
  ASSERT_EQ(mkfifo(Path("migrations/004_pipe.sql").c_str(), 0600), 0);
  EXPECT_EQ(Refusal(), R"(rung: migrations/002_gone.sql: No such file or directory
rung: migrations/003_directory.sql: not a regular file
rung: migrations/004_pipe.sql: not a regular file
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadFiles, AFileWithoutTheRightToReadItIsNamed) {
  project_.Write("migrations/001_item.sql", kGood);
  project_.Write("migrations/002_secret.sql", kGood);
  std::filesystem::permissions(Path("migrations/002_secret.sql"), std::filesystem::perms::none);
  Command command = project_.Rung({"up"});
  if (geteuid() == 0) {  // root may read everything, by these two capabilities
    const std::string without = "-dac_override,-dac_read_search";
    command.program = "setpriv";
    command.arguments = {"--inh-caps=" + without, "--bounding-set=" + without, "--",
                         RungBinary().string(), "up"};
  }
  const Result result = test::Run(command);
  EXPECT_EQ(result.exit, 2);
  EXPECT_EQ(result.err, R"(rung: migrations/002_secret.sql: cannot be read: Permission denied
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadFiles, NamesThatAreNotOfTheFormAreAllListed) {
  project_.Write("migrations/001_item.sql", kGood);
  project_.Write("migrations/002.sql", kGood);
  project_.Write("migrations/003_.sql", kGood);
  project_.Write("migrations/004-dash.sql", kGood);
  project_.Write("migrations/5a_letter.sql", kGood);
  project_.Write("migrations/006_e\x1b[31mscape.sql", kGood);
  project_.Write("migrations/item.sql", kGood);
  project_.Write("migrations/README.md", "not a migration");
  project_.Write("migrations/.001_swap.sql", "not a migration");
  EXPECT_EQ(Refusal(),
            R"(rung: migrations/002.sql: the file name is not of the form <digits>_<name>.sql
rung: migrations/003_.sql: the file name is not of the form <digits>_<name>.sql
rung: migrations/004-dash.sql: the file name is not of the form <digits>_<name>.sql
rung: migrations/006_e\x1B[31mscape.sql: the file name is not of the form <digits>_<name>.sql
rung: migrations/5a_letter.sql: the file name is not of the form <digits>_<name>.sql
rung: migrations/item.sql: the file name is not of the form <digits>_<name>.sql
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadFiles, NumbersThatAreTakenOrOfMixedWidthAreAllListed) {
  project_.Write("migrations/001_item.sql", kGood);
  project_.Write("migrations/001_other.sql", kGood);
  project_.Write("migrations/02_narrow.sql", kGood);
  project_.Write("migrations/0003_wide.sql", kGood);
  EXPECT_EQ(
      Refusal(),
      R"(rung: migrations/001_other.sql: the number is taken already by migrations/001_item.sql
rung: migrations/02_narrow.sql: the number has 2 digits, but that of migrations/001_item.sql has 3
rung: migrations/0003_wide.sql: the number has 4 digits, but that of migrations/001_item.sql has 3
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadFiles, BytesThatAreNotTextAreNamedWithTheirPlace) {
  project_.Write("migrations/001_item.sql", kGood);
  project_.Write("migrations/002_nul.sql", "SELECT 1;\n\0"s);
  project_.Write("migrations/003_latin1.sql", "SELECT 'caf\xE9';\n");
  project_.Write("migrations/004_utf16.sql",
                 "\xFF\xFES\0E\0L\0E\0C\0T\0 \0"
                 "1\0"s);
  project_.Write("migrations/005_cut.sql", "SELECT 'caf\xC3");
  project_.Write("backfills/001_nul.toml", "description = \"\0\"\n"s);
  EXPECT_EQ(Refusal(), R"(rung: migrations/002_nul.sql: byte 10 is NUL
rung: migrations/003_latin1.sql: byte 11 (0xE9) is not valid UTF-8
rung: migrations/004_utf16.sql: the file is UTF-16 (byte order mark at byte 0), not UTF-8
rung: migrations/005_cut.sql: byte 11 (0xC3) is not valid UTF-8
  state: nothing was run
  next:  correct the files and run it again
)");
  for (const char* name : {"002_nul", "003_latin1", "004_utf16", "005_cut"}) {
    std::filesystem::remove(Path(std::string("migrations/") + name + ".sql"));
  }
  EXPECT_EQ(Refusal(), R"(rung: backfills/001_nul.toml: byte 15 is NUL
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(BadFiles, AByteOrderMarkAndWindowsLineEndsAreFine) {
  project_.Write("migrations/001_item.sql",
                 "\xEF\xBB\xBF"
                 "CREATE TABLE item (\r\n  id int\r\n);\r\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM item"), "0");
}

TEST_F(BadFiles, ABackfillThatIsNotTomlIsNamedWithItsLine) {
  project_.Write("migrations/001_item.sql", kGood);
  project_.Write("backfills/001_org.toml",
                 "description = \"all\"\n\n[[fill]]\ntable = \"item\nset = {}\n");
  const std::string refusal = Refusal();
  EXPECT_EQ(
      refusal,
      R"(rung: backfills/001_org.toml:4: Error while parsing string: unescaped control characters other than TAB (U+0009) are explicitly prohibited
  state: nothing was run
  next:  correct the file and run it again
)");
}

TEST_F(BadFiles, EveryFaultOfABackfillIsNamedWithItsLine) {
  project_.Write("migrations/001_item.sql", kGood);
  project_.Write("backfills/001_org.toml", R"--(description = 7
colour = "red"

[[fill]]
table = "item"
form  = "client"
set   = { org = "client.org" }

[[fill]]
table = "item"
from  = "client"
set   = { org = "client.org" }

[[fill]]
set = { org = "'x'" }

[[fill]]
table = "item"

[[fill]]
table = "item"
set   = { org = "upper(" }

[[fill]]
table = "item"
set   = { hits = "hits + 1" }
)--");
  EXPECT_EQ(Refusal(),
            R"--(rung: backfills/001_org.toml:2: unknown key `colour`; known here: description, fill
rung: backfills/001_org.toml:1: `description` is a text in quotes
rung: backfills/001_org.toml:6: unknown key `form`; known here: table, tables, from, match, set, where, once, sweep, key, triggers, guard
rung: backfills/001_org.toml:7: set reads client.org, but client is neither the filled table (its columns stand alone, or with t.) nor `from`
rung: backfills/001_org.toml:9: `from` and `match` go together: this fill has only one of them
rung: backfills/001_org.toml:14: a fill needs either `table` or `tables`
rung: backfills/001_org.toml:17: a fill needs `set = { column = "expression" }`
rung: backfills/001_org.toml:22: set: org: syntax error at end of input
rung: backfills/001_org.toml:26: set: the expression for hits reads hits, so a row could be changed twice: say `once = true` to have each key visited exactly once
  state: nothing was run
  next:  correct the file and run it again
)--");
}

TEST_F(BadFiles, FillsThatWaitForEachOtherAreRefused) {
  project_.Write("migrations/001_item.sql", kGood);
  project_.Write("backfills/001_org.toml", R"([[fill]]
table = "a"
from  = "b"
match = "b.id = b_id"
set   = { org = "b.org" }

[[fill]]
table = "b"
from  = "a"
match = "a.id = a_id"
set   = { org = "a.org" }
)");
  for (const char* command : {"up", "plan"}) {
    EXPECT_EQ(
        Refusal({command}),
        R"(rung: backfills/001_org.toml:1: the fill of a waits for itself: the fills read each other's columns
  state: nothing was run
  next:  correct the file and run it again
)");
  }
}

}  // namespace
}  // namespace rung::test
