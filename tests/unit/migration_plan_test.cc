#include "migrate/migration_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <deque>

#include "unit/thrown.h"

namespace rung::migrate {
namespace {

using ::testing::IsEmpty;

// A file whose bytes are `text` and whose tokens are `tokens`, of the statements one, two, three.
Migration File(const std::string& version, const std::string& text, const std::string& tokens,
               const std::vector<std::string>& statements = {"one", "two", "three"}) {
  Migration migration{.version = core::Version::Parse(version).value(),
                      .name = "a",
                      .path = "migrations/" + version + "_a.sql",
                      .checksum = text,
                      .token_checksum = tokens,
                      .statements = {},
                      .units = {},
                      .text = nullptr};
  static std::deque<std::string> texts;  // that the statements look into
  for (const std::string& statement : statements) {
    migration.statements.emplace_back().text = texts.emplace_back(statement);
    migration.statements.back().head = migration.statements.back().text;
    const size_t end = migration.statements.size();
    migration.units.push_back({end - 1, end, true});
  }
  return migration;
}

Migration File(const std::string& version) { return File(version, "text", "tokens"); }

HistoryRow Applied(const Migration& migration) {
  const int count = static_cast<int>(migration.statements.size());
  return {.version = migration.version,
          .name = migration.name,
          .checksum = migration.checksum,
          .token_checksum = migration.token_checksum,
          .is_applied = true,
          .statements_done = count,
          .statements_total = count,
          .statement_is_open = false,
          .done_checksum = ChecksumOfStatements(migration, count),
          .error = "",
          .applied_at = "2026-01-02 03:04:05+00",
          .took = {}};
}

HistoryRow Interrupted(const Migration& migration, int done, bool is_open = false) {
  HistoryRow row = Applied(migration);
  row.is_applied = false;
  row.statements_done = done;
  row.statement_is_open = is_open;
  row.done_checksum = ChecksumOfStatements(migration, done);
  row.applied_at = "";
  return row;
}

// "002 003(1) 004(1 open)"
std::string Pending(const std::vector<Migration>& files, const std::vector<HistoryRow>& history) {
  std::string text;
  for (const PendingMigration& pending : PlanMigrations(files, history)) {
    text += (text.empty() ? "" : " ") + pending.migration->version.text();
    if (pending.statements_done > 0 || pending.statement_is_open) {
      text += "(" + std::to_string(pending.statements_done) +
              (pending.statement_is_open ? " open)" : ")");
    }
  }
  return text;
}

std::string Disagreement(const std::vector<Migration>& files,
                         const std::vector<HistoryRow>& history) {
  const core::Error error = test::CatchError([&] { PlanMigrations(files, history); });
  EXPECT_EQ(error.failure(), core::Failure::kFailed);
  return error.what();
}

constexpr const char* kRepair = "; `rung repair` accepts what is meant to be so";
constexpr const char* kLate = "; --allow-late runs late files in their place";

std::string Refused(const std::string& problems, const std::string& also = kRepair) {
  return problems +
         "  state: nothing was changed by this run\n"
         "  next:  bring the files back to what was applied, and put changes into a new migration "
         "with the next number" +
         also + "\n";
}

TEST(MigrationPlan, TakesEveryFileOnANewDatabase) {
  EXPECT_EQ(Pending({File("001"), File("002")}, {}), "001 002");
}

TEST(MigrationPlan, TakesWhatIsAboveTheHistory) {
  const std::vector<Migration> files = {File("001"), File("002"), File("003")};
  EXPECT_EQ(Pending(files, {Applied(files[0])}), "002 003");
}

TEST(MigrationPlan, TakesNothingWhereAllIsApplied) {
  const std::vector<Migration> files = {File("001"), File("002")};
  EXPECT_THAT(PlanMigrations(files, {Applied(files[0]), Applied(files[1])}), IsEmpty());
  EXPECT_THAT(PlanMigrations({}, {}), IsEmpty());
}

TEST(MigrationPlan, KnowsAVersionInAnotherWidth) {
  EXPECT_EQ(Pending({File("0001"), File("0002")}, {Applied(File("001"))}), "0002");
}

TEST(MigrationPlan, KnowsAFileByItsNumberNotByItsName) {
  Migration renamed = File("001");
  renamed.name = "b";
  EXPECT_EQ(Pending({renamed}, {Applied(File("001"))}), "");
}

TEST(MigrationPlan, GoesOnWithAnInterruptedFile) {
  const std::vector<Migration> files = {File("001"), File("002")};
  EXPECT_EQ(Pending(files, {Applied(files[0]), Interrupted(files[1], 2)}), "002(2)");
  EXPECT_EQ(Pending(files, {Applied(files[0]), Interrupted(files[1], 1, true)}), "002(1 open)");
}

TEST(MigrationPlan, GoesOnWithAnInterruptedFileThatIsMendedInWhatDidNotRun) {
  const Migration before = File("001");
  for (const std::vector<std::string>& mended :
       {std::vector<std::string>{"one", "two mended", "three"},
        {"one", "more", "two", "three"},
        {"one"}}) {
    EXPECT_EQ(Pending({File("001", "other", "others", mended)}, {Interrupted(before, 1)}),
              "001(1)");
  }
}

TEST(MigrationPlan, RefusesAnInterruptedFileThatIsChangedInWhatRan) {
  const Migration before = File("001");
  for (const std::vector<std::string>& changed :
       {std::vector<std::string>{"one changed", "two", "three"},
        {"two", "one", "three"},
        {"one"}}) {
    EXPECT_EQ(Disagreement({File("001", "other", "others", changed)}, {Interrupted(before, 2)}),
              Refused("rung: migrations/001_a.sql: changed in its first 2 statements, which are "
                      "already done\n"));
  }
}

TEST(MigrationPlan, RefusesAFileEditedAfterItWasApplied) {
  EXPECT_EQ(Disagreement({File("001", "other", "others")}, {Applied(File("001"))}),
            Refused("rung: migrations/001_a.sql: changed since it was applied on "
                    "2026-01-02 03:04:05+00\n"
                    "  applied: sha256 text\n"
                    "  file:    sha256 other\n"));
}

TEST(MigrationPlan, ShowsTheFirstStatementThatDiffers) {
  const std::vector<Migration> files = {File("001", "other", "others", {"one", "TWO", "three"})};
  HistoryRow row = Applied(File("001"));
  row.statements = DescribeStatements(File("001"), 0, 3, [](const auto& text) { return text; });
  EXPECT_EQ(Disagreement(files, {row}),
            Refused("rung: migrations/001_a.sql: changed since it was applied on "
                    "2026-01-02 03:04:05+00\n"
                    "  statement 2 of 3 differs, line 1: TWO\n"
                    "  it was, in line 1: two\n"
                    "  applied: sha256 text\n"
                    "  file:    sha256 other\n"));
}

TEST(MigrationPlan, GoesOnWithAFileOfWhichTheFormAloneHasChanged) {
  const std::vector<Migration> files = {File("001", "other", "tokens"), File("002")};
  const std::vector<HistoryRow> history = {Applied(File("001"))};
  EXPECT_EQ(Pending(files, history), "002");
  EXPECT_THAT(DescribeChangesOfForm(files, history),
              testing::ElementsAre(
                  "migrations/001_a.sql: changed since it was applied on 2026-01-02 03:04:05+00, "
                  "only in comments, white space or line ends; `rung repair 001` takes that over"));
}

TEST(MigrationPlan, GoesOnWithAnInterruptedFileOfWhoseDonePartTheFormAloneHasChanged) {
  const std::vector<Migration> files = {
      File("001", "other", "others", {"-- more\none", "two mended"})};
  HistoryRow row = Interrupted(File("001"), 1);
  row.statements = DescribeStatements(File("001"), 0, 1, [](const auto& text) { return text; });
  EXPECT_EQ(Pending(files, {row}), "001(1)");
  EXPECT_THAT(DescribeChangesOfForm(files, {row}),
              testing::ElementsAre("migrations/001_a.sql: changed since it was begun, only in "
                                   "comments, white space or line ends; `rung repair 001` takes "
                                   "that over"));
}

TEST(MigrationPlan, SaysNothingOfFilesThatAreAsTheyWere) {
  EXPECT_THAT(DescribeChangesOfForm({File("001"), File("002")}, {Applied(File("001"))}), IsEmpty());
}

TEST(MigrationPlan, RefusesAMissingFile) {
  const std::string message =
      Refused("rung: 002_a: applied on 2026-01-02 03:04:05+00, but its file is missing\n");
  const std::vector<HistoryRow> history = {Applied(File("001")), Applied(File("002"))};
  EXPECT_EQ(Disagreement({File("001")}, history), message);
  EXPECT_EQ(Disagreement({File("001"), File("003")}, history), message);
}

TEST(MigrationPlan, RefusesAMissingFileThatWasBegun) {
  EXPECT_EQ(Disagreement({File("002")}, {Interrupted(File("001"), 1)}),
            Refused("rung: 001_a: begun, but its file is missing\n"));
}

TEST(MigrationPlan, RefusesALateFile) {
  EXPECT_EQ(Disagreement({File("001"), File("002"), File("003")},
                         {Applied(File("001")), Applied(File("003"))}),
            Refused("rung: migrations/002_a.sql: late: 003_a is applied already\n", kLate));
}

TEST(MigrationPlan, TakesALateFileInItsPlaceWhereThatIsAllowed) {
  const std::vector<Migration> files = {File("001"), File("002"), File("003"), File("004")};
  const auto pending =
      PlanMigrations(files, {Applied(files[0]), Applied(files[2])}, LateFiles::kAllowed);
  ASSERT_EQ(pending.size(), 2u);
  EXPECT_EQ(pending[0].migration, &files[1]);
  EXPECT_TRUE(pending[0].is_late);
  EXPECT_EQ(pending[1].migration, &files[3]);
  EXPECT_FALSE(pending[1].is_late);
}

TEST(MigrationPlan, KnowsTheNumberThatAnInterruptedFileHasInTheHistory) {
  const std::vector<Migration> files = {File("0001")};
  const auto pending = PlanMigrations(files, {Interrupted(File("001"), 1)});
  ASSERT_EQ(pending.size(), 1u);
  EXPECT_EQ(pending[0].recorded_as, "001");
}

TEST(MigrationPlan, TakesAFileBelowAnInterruptedOneForNew) {
  EXPECT_EQ(Pending({File("001"), File("002"), File("003")},
                    {Applied(File("001")), Interrupted(File("003"), 1)}),
            "002 003(1)");
}

TEST(MigrationPlan, NamesEveryDisagreementAtOnce) {
  EXPECT_EQ(Disagreement({File("002"), File("003", "other", "others"), File("005")},
                         {Applied(File("001")), Applied(File("003")), Applied(File("004"))}),
            Refused("rung: 001_a: applied on 2026-01-02 03:04:05+00, but its file is missing\n"
                    "rung: migrations/002_a.sql: late: 004_a is applied already\n"
                    "rung: migrations/003_a.sql: changed since it was applied on "
                    "2026-01-02 03:04:05+00\n"
                    "  applied: sha256 text\n"
                    "  file:    sha256 other\n"
                    "rung: 004_a: applied on 2026-01-02 03:04:05+00, but its file is missing\n",
                    std::string(kRepair) + kLate));
}

TEST(ChecksumOfStatements, DependsOnWhereOneEnds) {
  const Migration migration = File("001", "", "", {"ab", "c"});
  const Migration other = File("001", "", "", {"a", "bc"});
  EXPECT_NE(ChecksumOfStatements(migration, 2), ChecksumOfStatements(other, 2));
  EXPECT_EQ(ChecksumOfStatements(migration, 0), ChecksumOfStatements(other, 0));
}

}  // namespace
}  // namespace rung::migrate
