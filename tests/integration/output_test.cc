// Where the output goes: a pipe without a reader, a full disk, nowhere at all, a log, a terminal.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "integration/gate.h"
#include "integration/masked.h"
#include "integration/watched_run.h"

namespace rung::test {
namespace {

// What a terminal shows in the end of a text with carriage returns and "erase to the end of the line".
std::string Screen(const std::string& text) {
  constexpr std::string_view kErase = "\x1b[K";
  std::string screen;
  std::string line;
  size_t column = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.compare(i, kErase.size(), kErase) == 0) {
      line.resize(std::min(column, line.size()));
      i += kErase.size() - 1;
    } else if (text[i] == '\r') {
      column = 0;
    } else if (text[i] == '\n') {
      screen += line + "\n";
      line.clear();
      column = 0;
    } else {
      if (line.size() <= column) line.resize(column + 1, ' ');
      line[column++] = text[i];
    }
  }
  return screen + line;
}

class Output : public testing::Test {
 protected:
  Output() {
    project_.Write("migrations/001_item.sql", R"(
CREATE TABLE item (id int PRIMARY KEY, org text);
INSERT INTO item SELECT generate_series(1, 4000);
)");
    project_.Write("backfills/001_org.toml",
                   "[[fill]]\ntable = \"item\"\nset = { org = \"'org_' || id\" }\n");
    project_.RunExpecting(0, {"migrate"});
    project_.database.Query("ANALYZE item");
  }

  // Batches that take so long that a run of them takes a second or two.
  void BeSlow() {
    project_.database.Query(R"(
      CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.2); RETURN NULL; END $$;
      CREATE TRIGGER be_slow AFTER UPDATE ON item FOR EACH STATEMENT EXECUTE FUNCTION be_slow())");
  }

  Command OnTerminal(std::vector<std::string> arguments, const std::string& terminal) {
    Command command = project_.Rung(std::move(arguments));
    command.in_terminal = true;
    command.columns = 50;
    command.environment.push_back("TERM=" + terminal);
    return command;
  }

  Project project_;
};

// The trigger that makes it slow is told.
const std::string kSlow =
    "warning: 001_org: item: trigger be_slow fires: AFTER UPDATE, each batch\n";
const std::string kGuarded =
    "warning: 001_org: item: trigger stand_at_gate fires: AFTER UPDATE, each batch\n";

constexpr const char* kWholeBackfill = R"(001_org: 1 of 1 tables to fill, 1 worker
item: complete, 4,000 rows filled
001_org: complete and verified, 4,000 rows filled, this run took <duration>
up to date: 1 migration applied, 1 backfill complete
)";

TEST_F(Output, WithoutAReaderEndsThePrintingAndChangesNoExitCode) {
  const std::pair<const char*, int> commands[] = {
      {"status", 0}, {"report", 3}, {"plan", 0}, {"version", 0}, {"help", 0}};
  for (const auto& [name, exit] : commands) {
    Command command = project_.Rung({name});
    command.close_stdout = true;
    const Result result = test::Run(command);
    EXPECT_EQ(result.exit, exit) << name;
    EXPECT_EQ(result.err, "") << name;
  }
}

TEST_F(Output, OfManyPagesMayBeCutByHead) {
  std::string statements;
  for (int i = 0; i < 3000; ++i)
    statements += "COMMENT ON TABLE item IS 'a rather long comment, the one of number " +
                  std::to_string(i) + "';\n";
  project_.Write("migrations/002_many.sql", statements);
  const Result result = test::Run(
      ThroughShell(project_, "{ \"$@\"; echo $? >exit; } | head -n 1; cat exit", {"plan"}));
  EXPECT_EQ(result.out.substr(result.out.find('\n')), "\n0\n");
  EXPECT_EQ(result.err, "");
}

constexpr const char* kNotWritten = R"(rung: standard output: not everything could be written
  state: the command itself has done its work
  next:  make room, then run it again
)";

TEST_F(Output, ToAFullDiskIsAnError) {
  for (const char* name : {"status", "report", "plan", "version", "help"}) {
    const Result result = test::Run(ThroughShell(project_, "exec \"$@\" >/dev/full", {name}));
    EXPECT_EQ(result.exit, 1) << name;
    EXPECT_EQ(result.err, kNotWritten) << name;
  }
}

TEST_F(Output, ToNowhereIsAnErrorAndReachesNoOtherFile) {
  for (const char* name : {"status", "report", "plan"}) {
    const Result result = test::Run(ThroughShell(project_, "exec \"$@\" >&-", {name}));
    EXPECT_EQ(result.exit, 1) << name;
    EXPECT_EQ(result.err, kNotWritten) << name;
  }
}

TEST_F(Output, WithStandardErrorClosedDoesNotGetIntoTheConversationWithTheServer) {
  project_.Write("migrations/002_name.sql", "ALTER TABLE item ADD COLUMN name text;\n");
  const Result result =
      test::Run(ThroughShell(project_, "exec \"$@\" 2>&- <&- >&-", {"up", "--verbose"}));
  EXPECT_EQ(result.exit, 0);
  EXPECT_EQ(project_.database.Query("SELECT version, state FROM rung.migration ORDER BY 1"),
            (std::vector<std::vector<std::string>>{{"001", "applied"}, {"002", "applied"}}));
  EXPECT_EQ(project_.database.Value("SELECT state FROM rung.backfill"), "complete");
}

TEST_F(Output, InALogIsPlainLines) {
  Gate gate(project_.database);
  gate.Guard("item");
  WatchedRun run(project_, {"backfill"});
  ASSERT_TRUE(run.WaitUntilTold("001_org ["));
  gate.Open();
  const Result result = run.Wait();
  EXPECT_EQ(result.exit, 0);
  EXPECT_EQ(result.out, "");
  const std::string told = run.Told();
  EXPECT_EQ(told.find_first_of("\x1b\r"), std::string::npos) << told;
  EXPECT_EQ(Masked(project_, told), kGuarded + kWholeBackfill);
}

TEST_F(Output, OnATerminalHasALineThatMovesAndIsTakenAwayInTheEnd) {
  BeSlow();
  const Result result = test::Run(OnTerminal({"backfill"}, "xterm"));
  EXPECT_EQ(result.exit, 0);
  EXPECT_NE(result.out.find("\r\x1b[K001_org [####"), std::string::npos) << result.out;
  EXPECT_EQ(Masked(project_, Screen(result.out)), kSlow + kWholeBackfill);
  // No line is so long that the terminal would break it.
  size_t at = 0;
  while ((at = result.out.find("\x1b[K001_org [", at)) != std::string::npos) {
    at += 3;
    EXPECT_LT(result.out.find('\r', at) - at, 50u);
  }
}

TEST_F(Output, OnATerminalIsCleanAfterAnError) {
  BeSlow();
  project_.database.Query(R"(
    CREATE FUNCTION refuse(text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
      IF $1 = 'org_4000' THEN RAISE 'not for you' USING ERRCODE = '42501'; END IF;
      RETURN true;
    END $$;
    ALTER TABLE item ADD CHECK (refuse(org)))");
  const Result failed = test::Run(OnTerminal({"backfill"}, "xterm"));
  EXPECT_EQ(failed.exit, 1);
  EXPECT_EQ(Masked(project_, Screen(failed.out)),
            kSlow + R"(001_org: 1 of 1 tables to fill, 1 worker
rung: backfills/001_org.toml:1: item: not for you [42501]
  context: PL/pgSQL function refuse(text) line 2 at RAISE
  state: this batch is rolled back, every batch before it is kept
  next:  remove the cause, then run it again: it goes on from here
)");
}

TEST_F(Output, OnADumbTerminalOrInCiIsPlainLines) {
  BeSlow();
  const Result dumb = test::Run(OnTerminal({"backfill"}, "dumb"));
  EXPECT_EQ(dumb.exit, 0);
  EXPECT_EQ(dumb.out.find('\x1b'), std::string::npos) << dumb.out;
  EXPECT_EQ(Masked(project_, Screen(dumb.out)), kSlow + kWholeBackfill);

  project_.database.Query("UPDATE item SET org = NULL WHERE id < 4000");
  Command command = OnTerminal({"backfill", "--again"}, "xterm");
  command.environment.push_back("CI=true");
  const Result ci = test::Run(command);
  EXPECT_EQ(ci.exit, 0);
  EXPECT_EQ(ci.out.find('\x1b'), std::string::npos) << ci.out;
}

TEST_F(Output, AsJsonIsOneObjectALine) {
  project_.Write("migrations/002_name.sql",
                 "-- rung: no-transaction\nALTER TABLE item ADD COLUMN name text;\n");
  const Result result = project_.RunExpecting(0, {"up", "--log-format", "json"});
  EXPECT_EQ(result.out, "");
  std::istringstream lines(result.err);
  std::vector<std::string> events;
  for (std::string line; std::getline(lines, line);) {
    const auto object = nlohmann::json::parse(line);
    EXPECT_TRUE(object.at("time").get<std::string>().ends_with("Z")) << line;
    if (object.value("text", "").find('[') == std::string::npos)
      events.push_back(object.at("event"));
  }
  EXPECT_EQ(events, (std::vector<std::string>{"backfill_started", "fill_verified",
                                              "backfill_completed", "migration_started",
                                              "statement_started", "migration_applied", "notice"}));
}

TEST_F(Output, OfAnErrorIsJsonTooWhereTheLogIs) {
  project_.Write("migrations/002_bad.sql", "SELEC 1;\n");
  const Result result = project_.RunExpecting(1, {"up", "--log-format", "json"});
  std::istringstream lines(result.err);
  for (std::string line; std::getline(lines, line);)
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST_F(Output, OfAQuietRunIsErrorsAndResultsOnly) {
  EXPECT_EQ(project_.RunExpecting(0, {"up", "--quiet"}).err, "");
  EXPECT_EQ(project_.RunExpecting(0, {"up", "--quiet"}).err, "");
  EXPECT_NE(project_.RunExpecting(0, {"status", "--quiet"}).out, "");
  project_.Write("migrations/002_bad.sql", "SELEC 1;\n");
  EXPECT_EQ(project_.RunExpecting(1, {"up", "--quiet"}).err,
            R"(rung: migrations/002_bad.sql:1: syntax error at or near "SELEC" [42601]
  1 | SELEC 1
    | ^
  state: this file is rolled back; everything before it is applied
  next:  mend the file and run it again
)");
}

}  // namespace
}  // namespace rung::test
