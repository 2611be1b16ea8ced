#include "fill/backfill_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "files/checksum.h"
#include "unit/thrown.h"
#include "unit/working_directory.h"

namespace rung::fill {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BackfillFiles : public ::testing::Test {
 protected:
  BackfillFile Read(std::string_view text) const {
    directory_.Write("backfills/024_org.toml", text);
    return ReadBackfillFiles("backfills").at(0);
  }

  // What is said of a file with one [[fill]], whose keys begin in line 2.
  std::string RefusalOf(const std::string& keys) const {
    return RefusalOfText("[[fill]]\n" + keys);
  }

  std::string RefusalOfText(std::string_view text) const {
    return test::Refusal([&] { Read(text); });
  }

  // "12: what", "13: what" in backfills/024_org.toml.
  static std::string Refused(std::initializer_list<std::string> problems) {
    std::string text;
    for (const std::string& problem : problems) {
      text += "rung: backfills/024_org.toml:" + problem + "\n";
    }
    return text + "  state: nothing was run\n  next:  correct the file and run it again\n";
  }

  test::WorkingDirectory directory_;
};

TEST_F(BackfillFiles, AreReadWithEveryKey) {
  const std::string text = R"toml(# why
description = "Stamp every row"

[[fill]]
tables = ["users", "app.agents"]
from   = "clients"
match  = "clients.id = client_id"
set    = { org = "clients.org", name = "upper(clients.name)" }
where  = "kind = 'x'"
sweep  = "key"

[[fill]]
table = "counters"
set   = { hits = "hits + 1" }
once  = true
)toml";
  const BackfillFile file = Read(text);
  EXPECT_EQ(file.Label(), "024_org");
  EXPECT_EQ(file.path, "backfills/024_org.toml");
  EXPECT_EQ(file.checksum, files::Sha256(text));
  EXPECT_EQ(file.description, "Stamp every row");
  ASSERT_EQ(file.fills.size(), 3u);

  EXPECT_EQ(file.fills[0].table, "users");
  EXPECT_EQ(file.fills[1].table, "app.agents");
  for (const Fill& fill : {file.fills[0], file.fills[1]}) {
    EXPECT_EQ(fill.from->text, "clients");
    EXPECT_EQ(fill.match->text, "(clients.id = t.client_id)");
    EXPECT_EQ(fill.where->text, "(t.kind = 'x')");
    ASSERT_EQ(fill.set.size(), 2u);
    EXPECT_EQ(fill.set[0].column, "name");
    EXPECT_EQ(fill.set[0].value.text, "(upper(clients.name))");
    EXPECT_EQ(fill.set[1].column, "org");
    EXPECT_EQ(fill.set[1].value.text, "(clients.org)");
    EXPECT_TRUE(fill.by_key);
    EXPECT_FALSE(fill.once);
    EXPECT_EQ(fill.place, "backfills/024_org.toml:4");
  }
  EXPECT_EQ(file.fills[2].table, "counters");
  EXPECT_FALSE(file.fills[2].from || file.fills[2].match || file.fills[2].where);
  EXPECT_TRUE(file.fills[2].once);
  EXPECT_FALSE(file.fills[2].by_key);
  EXPECT_EQ(file.fills[2].place, "backfills/024_org.toml:12");
}

TEST_F(BackfillFiles, ComeInTheOrderOfTheirNumbers) {
  const char* text = "[[fill]]\ntable = \"a\"\nset = { b = \"c\" }\n";
  directory_.Write("backfills/010_b.toml", text);
  directory_.Write("backfills/002_a.toml", text);
  std::vector<std::string> labels;
  for (const BackfillFile& file : ReadBackfillFiles("backfills")) labels.push_back(file.Label());
  EXPECT_THAT(labels, ElementsAre("002_a", "010_b"));
}

TEST_F(BackfillFiles, MayBeNone) {
  std::filesystem::create_directory("backfills");
  EXPECT_THAT(ReadBackfillFiles("backfills"), IsEmpty());
}

TEST_F(BackfillFiles, AreRefusedWhereTheDirectoryIsMissing) {
  EXPECT_EQ(test::Refusal([] { ReadBackfillFiles("nowhere"); }),
            "rung: nowhere: no such directory\n"
            "  state: nothing was run\n  next:  name the right directory\n");
}

TEST_F(BackfillFiles, MayAskForThePageSweep) {
  EXPECT_FALSE(Read("[[fill]]\ntable = 'a'\nset = { b = 'c' }\nsweep = 'page'").fills[0].by_key);
}

TEST_F(BackfillFiles, RefuseTextThatIsNotToml) {
  EXPECT_EQ(RefusalOfText("# why\n[[fill]]\ntable = users\n"),
            Refused({"3: Error while parsing value: could not determine value type"}));
  EXPECT_EQ(RefusalOfText("[[fill]\n"),
            Refused({"1: Error while parsing table header: expected ']', saw '\\n'"}));
}

TEST_F(BackfillFiles, RefuseAFileWithoutAFill) {
  const std::string what = "a backfill needs at least one [[fill]]";
  EXPECT_EQ(RefusalOfText(""), Refused({"1: " + what}));
  EXPECT_EQ(RefusalOfText("# why\ndescription = 'a'\n\nfill = []\n"), Refused({"4: " + what}));
  EXPECT_EQ(RefusalOfText("\n[fill]\ntable = 'a'\n"), Refused({"2: " + what}));
  EXPECT_EQ(RefusalOfText("fill = [1]\n"), Refused({"1: " + what}));
}

TEST_F(BackfillFiles, RefuseUnknownKeysAtTheirLine) {
  EXPECT_EQ(RefusalOfText("title = 'a'\n[[fill]]\ntable = 'a'\nsets = 1\nset = { b = 'c' }\n"),
            Refused({"1: unknown key `title`; known here: description, fill",
                     "4: unknown key `sets`; known here: table, tables, from, match, set, where, "
                     "once, sweep, key, triggers, guard"}));
}

TEST_F(BackfillFiles, RefuseAFillWithoutOneKindOfTables) {
  const std::string what = "1: a fill needs either `table` or `tables`";
  EXPECT_EQ(RefusalOf("set = { b = 'c' }"), Refused({what}));
  EXPECT_EQ(RefusalOf("table = 'a'\ntables = ['b']\nset = { b = 'c' }"), Refused({what}));
}

TEST_F(BackfillFiles, RefuseAListOfTablesThatIsNone) {
  const std::string what = "2: `tables` is a list of at least one table name";
  EXPECT_EQ(RefusalOf("tables = []\nset = { b = 'c' }"), Refused({what}));
  EXPECT_EQ(RefusalOf("tables = 'a'\nset = { b = 'c' }"), Refused({what}));
  EXPECT_EQ(RefusalOf("tables = ['a',\n  1]\nset = { b = 'c' }"),
            Refused({"3: `tables` is a list of table names"}));
}

TEST_F(BackfillFiles, RefuseATableTwice) {
  EXPECT_EQ(RefusalOf("tables = ['a', 'b',\n  'a']\nset = { b = 'c' }"),
            Refused({"3: table a is listed twice"}));
}

TEST_F(BackfillFiles, RefuseANameThatIsNoTables) {
  EXPECT_EQ(RefusalOf("table = 'a b'\nset = { b = 'c' }"),
            Refused({"2: table \"a b\": a table name with an alias"}));
  EXPECT_EQ(RefusalOf("tables = ['a',\n  'b, c']\nset = { b = 'c' }"),
            Refused({"3: table \"b, c\": not the name of one table"}));
  EXPECT_EQ(RefusalOf("table = 'a'\nfrom = 'x y'\nmatch = 'b = c'\nset = { b = 'c' }"),
            Refused({"3: from: a table name with an alias"}));
}

TEST_F(BackfillFiles, RefuseValuesOfAnotherType) {
  EXPECT_EQ(RefusalOfText("description = 1\n[[fill]]\ntable = 'a'\nset = { b = 'c' }\n"),
            Refused({"1: `description` is a text in quotes"}));
  EXPECT_EQ(RefusalOf("table = 1\nset = { b = 'c' }"), Refused({"2: `table` is a text in quotes"}));
  EXPECT_EQ(RefusalOf("table = 'a'\nwhere = true\nset = { b = 'c' }"),
            Refused({"3: `where` is a text in quotes"}));
  EXPECT_EQ(RefusalOf("table = 'a'\nonce = 'true'\nset = { b = 'c' }"),
            Refused({"3: `once` is true or false"}));
  EXPECT_EQ(RefusalOf("table = 'a'\nset = { b = 1 }"),
            Refused({"3: set: the value of b is an SQL expression in quotes"}));
}

TEST_F(BackfillFiles, RefuseAFillThatSetsNothing) {
  const std::string what = "a fill needs `set = { column = \"expression\" }`";
  EXPECT_EQ(RefusalOf("table = 'a'"), Refused({"1: " + what}));
  EXPECT_EQ(RefusalOf("table = 'a'\nset = {}"), Refused({"3: " + what}));
  EXPECT_EQ(RefusalOf("table = 'a'\nset = 'b'"), Refused({"3: " + what}));
}

TEST_F(BackfillFiles, RefuseFromWithoutMatchAndMatchWithoutFrom) {
  const std::string what = "1: `from` and `match` go together: this fill has only one of them";
  EXPECT_EQ(RefusalOf("table = 'a'\nfrom = 'x'\nset = { b = 'c' }"), Refused({what}));
  EXPECT_EQ(RefusalOf("table = 'a'\nmatch = 'b = c'\nset = { b = 'c' }"), Refused({what}));
}

TEST_F(BackfillFiles, RefuseAnUnknownSweep) {
  EXPECT_EQ(RefusalOf("table = 'a'\nsweep = 'rows'\nset = { b = 'c' }"),
            Refused({"3: sweep is \"page\" or \"key\""}));
  EXPECT_EQ(RefusalOf("table = 'a'\nguard = true\nonce = true\nset = { b = 'c' }"),
            Refused({"3: guard = true and once = true: what is done once is not kept right"}));
  EXPECT_EQ(RefusalOf("table = 'a'\nsweep = 'page'\nonce = true\nset = { b = 'c' }"),
            Refused({"3: once = true needs the key sweep"}));
}

TEST_F(BackfillFiles, MayNameTheKeyOfTheSweep) {
  EXPECT_THAT(Read("[[fill]]\ntable = 'a'\nset = { b = 'c' }\nkey = ['d', 'e']").fills[0].key,
              ElementsAre("d", "e"));
}

TEST_F(BackfillFiles, RefuseAKeyThatIsNone) {
  const std::string what = "3: `key` is a list of column names";
  EXPECT_EQ(RefusalOf("table = 'a'\nkey = 'b'\nset = { b = 'c' }"), Refused({what}));
  EXPECT_EQ(RefusalOf("table = 'a'\nkey = []\nset = { b = 'c' }"), Refused({what}));
  EXPECT_EQ(RefusalOf("table = 'a'\nkey = [1]\nset = { b = 'c' }"), Refused({what}));
  EXPECT_EQ(RefusalOf("table = 'a'\nkey = ['b', 'b']\nset = { b = 'c' }"),
            Refused({"3: `key` has b twice"}));
  EXPECT_EQ(RefusalOf("table = 'a'\nkey = ['b']\nsweep = 'page'\nset = { b = 'c' }"),
            Refused({"4: `key` is for the key sweep"}));
}

TEST_F(BackfillFiles, MayGuardAgainstTriggers) {
  const std::string fill = "[[fill]]\ntable = 'a'\nset = { b = 'c' }\n";
  EXPECT_FALSE(Read(fill).fills[0].guards_triggers);
  EXPECT_FALSE(Read(fill + "triggers = 'fire'").fills[0].guards_triggers);
  EXPECT_TRUE(Read(fill + "triggers = 'guarded'").fills[0].guards_triggers);
  EXPECT_EQ(RefusalOf("table = 'a'\ntriggers = 'off'\nset = { b = 'c' }"),
            Refused({"3: triggers is \"fire\" or \"guarded\""}));
}

TEST_F(BackfillFiles, RefuseExpressionsThatAreNotSql) {
  EXPECT_EQ(
      RefusalOf("table = 'a'\nwhere = 'b >'\nset = { c = 'd, e' }"),
      Refused({"3: where: syntax error at or near \")\"", "4: set: c: not one SQL expression"}));
}

TEST_F(BackfillFiles, RefuseATableThatTheFillDoesNotRead) {
  EXPECT_EQ(RefusalOf("table = 'a'\nfrom = 'x'\nmatch = 'x.id = y.id'\nset = { b = 'z.b' }"),
            Refused({"4: match reads y.id, but y is neither the filled table (its columns stand "
                     "alone, or with t.) nor `from`",
                     "5: set reads z.b, but z is neither the filled table (its columns stand "
                     "alone, or with t.) nor `from`"}));
}

TEST_F(BackfillFiles, RefuseTheFilledTablesOwnName) {
  EXPECT_EQ(RefusalOf("table = 'a'\nset = { b = 'a.c' }"),
            Refused({"3: set reads a.c, but a is neither the filled table (its columns stand "
                     "alone, or with t.) nor `from`"}));
}

TEST_F(BackfillFiles, RefuseToReadTheSourceInWhere) {
  EXPECT_EQ(RefusalOf("table = 'a'\nfrom = 'app.x'\nmatch = 'x.id = b'\nwhere = 'x.c'\n"
                      "set = { b = 'x.b' }"),
            Refused({"5: where may only read columns of a, not x.c"}));
}

TEST_F(BackfillFiles, RefuseToReadTheColumnTheySetUnlessOnce) {
  EXPECT_EQ(RefusalOf("table = 'a'\nset = { hits = 'hits + 1' }"),
            Refused({"3: set: the expression for hits reads hits, so a row could be "
                     "changed twice: say `once = true` to have each key visited exactly once"}));
}

TEST_F(BackfillFiles, NameTheFaultsOfAllFilesAtOnce) {
  directory_.Write("backfills/001_a.toml", "[[fill]]\ntable = 1\n");
  directory_.Write("backfills/002_b.toml", "fill = ");
  EXPECT_EQ(test::Refusal([] { ReadBackfillFiles("backfills"); }),
            R"(rung: backfills/001_a.toml:1: a fill needs `set = { column = "expression" }`
rung: backfills/001_a.toml:2: `table` is a text in quotes
rung: backfills/002_b.toml:1: Error while parsing key-value pair: encountered end-of-file
  state: nothing was run
  next:  correct the file and run it again
)");
}

}  // namespace
}  // namespace rung::fill
