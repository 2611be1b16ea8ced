// COPY … FROM stdin in a migration, as pg_dump writes it.

#include <gtest/gtest.h>

#include <csignal>

#include "integration/fingerprint.h"
#include "integration/masked.h"
#include "support/wait.h"

namespace rung::test {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Copy : public testing::Test {
 protected:
  // What `up` tells of 001, which must leave the database as it was.
  std::string Failure(const std::string& sql, int exit) {
    const std::string before = Fingerprint(project_.database);
    project_.Write("migrations/001_item.sql", sql);
    const Result result = project_.RunExpecting(exit, {"up"});
    EXPECT_EQ(result.out, "");
    if (exit == 2) {
      EXPECT_EQ(Fingerprint(project_.database), before);
    }
    return Masked(project_, result.err);
  }

  Project project_;
};

TEST_F(Copy, DataComesWithItsStatement) {
  project_.Write("migrations/001_item.sql",
                 "CREATE TABLE item (id int, name text);\n"
                 "COPY item (id, name) FROM stdin;\n"
                 "1\tit's; $$ -- \\\\ ключ\n"
                 "2\t\\N\n"
                 "\\.\n"
                 "COPY item FROM stdin WITH (FORMAT csv);\n"
                 "3,\"a;b\"\n"
                 "\\.\n\n"
                 "COPY item FROM stdin;\n"
                 "\\.\n"
                 "INSERT INTO item VALUES (4, 'last');\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT id, name FROM item ORDER BY id"),
            (Rows{{"1", "it's; $$ -- \\ ключ"}, {"2", "NULL"}, {"3", "a;b"}, {"4", "last"}}));
  EXPECT_EQ(project_.database.Query("SELECT statements_done, state FROM rung.migration"),
            (Rows{{"5", "applied"}}));
}

TEST_F(Copy, DataMayHaveWindowsLineEnds) {
  project_.Write("migrations/001_item.sql",
                 "CREATE TABLE item (id int);\r\nCOPY item FROM stdin;\r\n1\r\n2\r\n\\.\r\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT sum(id) FROM item"), "3");
}

TEST_F(Copy, DataIsKeptByItselfOutsideOfTransactions) {
  project_.Write("migrations/001_item.sql",
                 "-- rung: no-transaction\n"
                 "CREATE TABLE item (id int);\n"
                 "COPY item FROM stdin;\n1\n2\n\\.\n"
                 "SELECT 1 / 0;\n");
  EXPECT_EQ(Masked(project_, project_.RunExpecting(1, {"up"}).err),
            R"(001_item: applying 3 statements one by one
001_item: 1/3 CREATE TABLE item (id int)
001_item: 2/3 COPY item FROM stdin
001_item: 3/3 SELECT 1 / 0
rung: migrations/001_item.sql:7: division by zero [22012]
  SELECT 1 / 0
  state: statements 1 to 2 of 3 are done and kept; statement 3 has failed
  next:  mend the file from line 7 on and run it again: it goes on at statement 3
)");
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM item"), "2");
}

TEST_F(Copy, AnErrorInTheDataNamesTheLineOfTheFile) {
  EXPECT_EQ(
      Failure("CREATE TABLE item (id int, name text);\n"
              "-- what there is\n"
              "COPY item FROM stdin;\n"
              "1\tone\n"
              "2\ttwo\n"
              "three\tthree\n"
              "\\.\n",
              1),
      R"(rung: migrations/001_item.sql:6: invalid input syntax for type integer: "three" [22P02]
  COPY item FROM stdin
  context: COPY item, line 3, column id: "three"
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
  EXPECT_EQ(project_.database.Value("SELECT to_regclass('item')"), "NULL");
}

TEST_F(Copy, ATableThatIsNotThereIsNamedAtTheStatement) {
  EXPECT_EQ(Failure("SELECT 1;\nCOPY item FROM stdin;\n1\n\\.\n", 1),
            R"(rung: migrations/001_item.sql:2: relation "item" does not exist [42P01]
  COPY item FROM stdin
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
}

TEST_F(Copy, DataWithoutItsEndIsRefusedBeforeAnythingRuns) {
  EXPECT_EQ(
      Failure("CREATE TABLE item (id int);\nCOPY item FROM stdin;\n1\n2\n", 2),
      R"(rung: migrations/001_item.sql:2: COPY … FROM stdin without the line `\.` that ends its data
  COPY item FROM stdin;
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(Copy, ToStdoutIsRefused) {
  EXPECT_EQ(
      Failure("SELECT 1;\nCOPY (SELECT 1) TO stdout;\n", 2),
      R"(rung: migrations/001_item.sql:2: COPY … TO stdout: a migration has nowhere to put the data
  COPY (SELECT 1) TO stdout;
  state: nothing was run
  next:  correct the files and run it again
)");
}

TEST_F(Copy, IsInterruptedWhileItSends) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (id int);\n");
  project_.RunExpecting(0, {"up"});
  std::string data;
  for (int i = 0; i < 200000; ++i) data += "1\n";
  project_.Write("migrations/002_copy.sql", "COPY item FROM stdin;\n" + data + "\\.\n");
  // The trigger holds the copy at its first row, so that most of the data is not sent yet.
  project_.database.Query(
      "CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS "
      "$$ BEGIN PERFORM pg_sleep(600); RETURN NEW; END $$;"
      "CREATE TRIGGER hold BEFORE INSERT ON item FOR EACH ROW EXECUTE FUNCTION hold();");
  Process process(project_.Rung({"up"}));
  EXPECT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = "
               "current_database()") == "1";
  }));
  process.Signal(SIGTERM);
  const Result result = process.Wait();
  EXPECT_EQ(result.exit, 143);
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM item"), "0");
}

// The server was split by rules that hold where the setting is on.
TEST_F(Copy, ALoneBackslashIsRefusedWhereItsMeaningIsASetting) {
  project_.Write("migrations/001_item.sql", "CREATE TABLE item (path text);\n");
  project_.RunExpecting(0, {"up"});
  project_.database.Query("ALTER DATABASE " + project_.database.name() +
                          " SET standard_conforming_strings = off");
  project_.Write("migrations/002_path.sql",
                 "INSERT INTO item VALUES (E'\\\\a');\n\nINSERT INTO item VALUES ('C:\\temp');\n");
  EXPECT_EQ(
      Masked(project_, project_.RunExpecting(1, {"up"}).err),
      R"(rung: migrations/002_path.sql:3: a backslash in a '…' literal, and standard_conforming_strings is off for this database or role
  INSERT INTO item VALUES ('C:\temp')
  state: this file is rolled back; everything before it is applied
  next:  write E'…', or set it on at the top of the file, then run it again
)");
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM item"), "0");
  project_.Write("migrations/002_path.sql",
                 "SET standard_conforming_strings = on;\nINSERT INTO item VALUES ('C:\\temp');\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Value("SELECT path FROM item"), "C:\\temp");
}

}  // namespace
}  // namespace rung::test
