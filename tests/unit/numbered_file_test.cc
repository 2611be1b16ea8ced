#include "files/numbered_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::files {
namespace {

namespace fs = std::filesystem;
using std::string_view_literals::operator""sv;
using ::testing::ElementsAre;

class NumberedFiles : public ::testing::Test {
 protected:
  NumberedFiles() { fs::create_directory("migrations"); }

  void Write(const std::string& name, std::string_view text = "SELECT 1;") const {
    directory_.Write("migrations/" + name, text);
  }

  static std::vector<std::string> Paths() {
    std::vector<std::string> paths;
    for (const NumberedFile& file : ReadNumberedFiles("migrations", ".sql")) {
      paths.push_back(file.path);
    }
    return paths;
  }

  static std::string Bytes() { return ReadNumberedFiles("migrations", ".sql").at(0).bytes; }

  static std::string RefusalOf(const fs::path& directory = "migrations") {
    return test::Refusal([&] { ReadNumberedFiles(directory, ".sql"); });
  }

  // What is said of the only bad file.
  static std::string Refused(const std::string& problem) {
    return "rung: " + problem +
           "\n  state: nothing was run\n  next:  correct the files and run it again\n";
  }

  test::WorkingDirectory directory_;
};

TEST_F(NumberedFiles, AreReadWithNumberNamePathAndBytes) {
  Write("024_add_clerk_org_id.sql", "ALTER TABLE users ADD clerk_org_id text;\n");
  const std::vector<NumberedFile> files = ReadNumberedFiles("migrations", ".sql");
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(files[0].version.text(), "024");
  EXPECT_EQ(files[0].name, "add_clerk_org_id");
  EXPECT_EQ(files[0].path, "migrations/024_add_clerk_org_id.sql");
  EXPECT_EQ(files[0].bytes, "ALTER TABLE users ADD clerk_org_id text;\n");
}

TEST_F(NumberedFiles, ComeInTheOrderOfTheirNumbers) {
  for (const char* name : {"100_c.sql", "002_b.sql", "010_z.sql", "001_y.sql"}) Write(name);
  EXPECT_THAT(Paths(), ElementsAre("migrations/001_y.sql", "migrations/002_b.sql",
                                   "migrations/010_z.sql", "migrations/100_c.sql"));
}

TEST_F(NumberedFiles, MayHaveTimestampsAsNumbers) {
  Write("20260102030405_b.sql");
  Write("20251231235959_a.sql");
  EXPECT_THAT(Paths(),
              ElementsAre("migrations/20251231235959_a.sql", "migrations/20260102030405_b.sql"));
}

TEST_F(NumberedFiles, AreNoneInAnEmptyDirectory) { EXPECT_TRUE(Paths().empty()); }

TEST_F(NumberedFiles, LeaveDotFilesAndOtherExtensionsAlone) {
  for (const char* name : {".001_a.sql", ".gitkeep", "README.md", "001_a.sql.bak", "001_a.sql~",
                           "002_b.toml", "001_a.SQL"}) {
    Write(name, "\xFF\xFE");
  }
  fs::create_directory("migrations/old");
  Write("001_a.sql");
  EXPECT_THAT(Paths(), ElementsAre("migrations/001_a.sql"));
}

TEST_F(NumberedFiles, LoseOneUtf8ByteOrderMark) {
  Write("001_a.sql", "\xEF\xBB\xBF\xEF\xBB\xBFSELECT 1;");
  EXPECT_EQ(Bytes(), "\xEF\xBB\xBFSELECT 1;");
}

TEST_F(NumberedFiles, KeepTheirLineEnds) {
  Write("001_a.sql", "SELECT 1;\r\nSELECT 2;\r\n");
  EXPECT_EQ(Bytes(), "SELECT 1;\r\nSELECT 2;\r\n");
}

TEST_F(NumberedFiles, MayBeEmpty) {
  Write("001_a.sql", "");
  EXPECT_EQ(Bytes(), "");
}

TEST_F(NumberedFiles, MayBeSymbolicLinks) {
  directory_.Write("elsewhere.sql", "SELECT 2;");
  fs::create_symlink("../elsewhere.sql", "migrations/001_a.sql");
  EXPECT_EQ(Bytes(), "SELECT 2;");
}

TEST_F(NumberedFiles, RefuseADirectoryThatIsNotThere) {
  EXPECT_EQ(RefusalOf("nowhere"), R"(rung: nowhere: no such directory
  state: nothing was run
  next:  name the right directory
)");
}

TEST_F(NumberedFiles, RefuseAFileInPlaceOfTheDirectory) {
  directory_.Write("file", "x");
  EXPECT_EQ(RefusalOf("file"), R"(rung: file: not a directory
  state: nothing was run
  next:  name a directory
)");
}

TEST_F(NumberedFiles, RefuseANameThatIsNotANumberAndAWord) {
  for (const std::string name :
       {"a.sql", "_a.sql", "001.sql", "001_.sql", "001-a.sql", "v001_a.sql", "-1_a.sql", "1a_b.sql",
        "1.5_a.sql", "٣_a.sql", "001 _a.sql"}) {
    Write(name);
    EXPECT_EQ(RefusalOf(), Refused("migrations/" + name +
                                   ": the file name is not of the form <digits>_<name>.sql"));
    fs::remove("migrations/" + name);
  }
}

TEST_F(NumberedFiles, RefuseControlCharactersInANameAndShowThemHarmless) {
  Write("001_a\x1B[31m\n.sql");
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_a\\x1B[31m\\x0A.sql: the file name is not of the "
                                 "form <digits>_<name>.sql"));
}

// The message would not be UTF-8, and no JSON either.
TEST_F(NumberedFiles, RefuseInvalidUtf8InANameAndShowItHarmless) {
  Write("001_\xFF.sql");
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_\\xFF.sql: the file name is not of the form "
                                 "<digits>_<name>.sql"));
}

TEST_F(NumberedFiles, RefuseANumberTwice) {
  Write("001_a.sql");
  Write("002_b.sql");
  Write("002_c.sql");
  EXPECT_EQ(RefusalOf(),
            Refused("migrations/002_c.sql: the number is taken already by migrations/002_b.sql"));
}

TEST_F(NumberedFiles, RefuseTheSameNumberInAnotherWidth) {
  Write("002_b.sql");
  Write("2_c.sql");
  EXPECT_EQ(RefusalOf(),
            Refused("migrations/2_c.sql: the number is taken already by migrations/002_b.sql"));
}

TEST_F(NumberedFiles, RefuseNumbersOfMixedWidth) {
  Write("001_a.sql");
  Write("02_b.sql");
  EXPECT_EQ(RefusalOf(), Refused("migrations/02_b.sql: the number has 2 digits, but that of "
                                 "migrations/001_a.sql has 3"));
}

// golang-migrate compares numbers, so no two tools disagree on the order.
TEST_F(NumberedFiles, CountGolangMigratesNumbersOfAnyWidth) {
  for (const char* name : {"10_c.up.sql", "2_b.up.sql", "1_a.up.sql"}) Write(name);
  std::string order;
  for (const NumberedFile& file : ReadNumberedFiles("migrations", ".sql")) order += file.name;
  EXPECT_EQ(order, "abc");
}

TEST_F(NumberedFiles, RefuseNulBytes) {
  Write("001_a.sql", "SELECT 1;\0 --"sv);
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_a.sql: byte 9 is NUL"));
}

TEST_F(NumberedFiles, RefuseInvalidUtf8) {
  Write("001_a.sql", "SELECT 'M\xFCller';");
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_a.sql: byte 9 (0xFC) is not valid UTF-8"));
}

TEST_F(NumberedFiles, RefuseUtf16InBothByteOrders) {
  for (const std::string_view text : {"\xFF\xFES\0"sv, "\xFE\xFF\0S"sv}) {
    Write("001_a.sql", text);
    EXPECT_EQ(RefusalOf(), Refused("migrations/001_a.sql: the file is UTF-16 (byte order mark at "
                                   "byte 0), not UTF-8"));
  }
}

TEST_F(NumberedFiles, RefuseADirectoryThatIsNamedLikeAFile) {
  fs::create_directory("migrations/001_x.sql");
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_x.sql: not a regular file"));
}

TEST_F(NumberedFiles, RefuseAPipeWithoutWaitingForIt) {
  ASSERT_EQ(mkfifo("migrations/001_x.sql", 0600), 0);
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_x.sql: not a regular file"));
}

TEST_F(NumberedFiles, RefuseALinkToNowhere) {
  fs::create_symlink("gone.sql", "migrations/001_x.sql");
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_x.sql: No such file or directory"));
}

TEST_F(NumberedFiles, RefuseALinkToItself) {
  fs::create_symlink("001_x.sql", "migrations/001_x.sql");
  EXPECT_EQ(RefusalOf(), Refused("migrations/001_x.sql: Too many levels of symbolic links"));
}

TEST_F(NumberedFiles, NameEveryFaultAtOnce) {
  Write("001_a.sql");
  Write("001_b.sql");
  Write("002_c.sql", "\0"sv);
  Write("03_d.sql");
  Write("four.sql");
  EXPECT_EQ(RefusalOf(), R"(rung: migrations/002_c.sql: byte 0 is NUL
rung: migrations/four.sql: the file name is not of the form <digits>_<name>.sql
rung: migrations/001_b.sql: the number is taken already by migrations/001_a.sql
rung: migrations/03_d.sql: the number has 2 digits, but that of migrations/001_a.sql has 3
  state: nothing was run
  next:  correct the files and run it again
)");
}

}  // namespace
}  // namespace rung::files
