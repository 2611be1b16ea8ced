// A statement that takes its time tells how far it is.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <regex>

#include "integration/gate.h"
#include "integration/watched_run.h"
#include "support/wait.h"

namespace rung::test {
namespace {

class LongStatement : public testing::Test {
 protected:
  Project project_;
  Gate gate_{project_.database};
};

TEST_F(LongStatement, SaysThatItStillRuns) {
  project_.Write("migrations/001_wait.sql", "SELECT 1;\nSELECT wait_at_gate();\n");
  WatchedRun run(project_, {"up"});
  ASSERT_TRUE(run.WaitUntilTold("running for"));
  gate_.Open();
  EXPECT_EQ(run.Wait().exit, 0);
  EXPECT_TRUE(std::regex_search(
      run.Told(), std::regex("^001_wait: 2/2 running for [0-9.]+ s: SELECT wait_at_gate\\(\\)\n")))
      << run.Told();
}

TEST_F(LongStatement, TellsThePhaseAndShareOfAnIndexBuild) {
  // The index expression stands at the gate in the middle of the table.
  project_.database.Query(
      "CREATE FUNCTION slow(id int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN IF id = "
      "5000 THEN PERFORM public.wait_at_gate(); END IF; RETURN id; END $$; "
      "CREATE TABLE item (id int, payload text); "
      "INSERT INTO item SELECT g, repeat('x', 100) FROM generate_series(1, 10000) g");
  project_.Write("migrations/001_index.sql",
                 "CREATE INDEX CONCURRENTLY item_slow ON item (slow(id));\n");
  WatchedRun run(project_, {"up", "--log-format", "json"});
  ASSERT_TRUE(run.WaitUntilTold("statement_running"));
  gate_.Open();
  EXPECT_EQ(run.Wait().exit, 0);
  std::istringstream lines(run.Told());
  nlohmann::json running;
  for (std::string line; std::getline(lines, line);) {
    const auto event = nlohmann::json::parse(line);
    if (event["event"] == "statement_running") running = event;
  }
  EXPECT_EQ(running["migration"], "001_index");
  EXPECT_EQ(running["phase"], "building index: scanning table");
  EXPECT_EQ(running["unit"], "blocks");
  EXPECT_GT(running["done"].get<int>(), 10);
  EXPECT_LT(running["done"].get<int>(), running["total"].get<int>());
}

TEST_F(LongStatement, IsALiveLineOnATerminalThatIsTakenAway) {
  project_.Write("migrations/001_wait.sql", "SELECT wait_at_gate();\n");
  Command command = project_.Rung({"up"});
  command.in_terminal = true;
  command.environment.push_back("TERM=xterm");
  Process process(command);
  ASSERT_TRUE(gate_.WaitUntilReached());
  ASSERT_TRUE(WaitUntil([&] {
    return project_.database.Value(
               "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
               "application_name = 'rung up watch' AND state = 'idle' AND query = 'COMMIT'") == "1";
  }));
  gate_.Open();
  const Result result = process.Wait();
  EXPECT_EQ(result.exit, 0);
  const size_t shown = result.out.find("\r\x1b[K001_wait: 1/1 running for ");
  const size_t applied = result.out.find("\r\x1b[K001_wait: applied, 1 statement in ");
  EXPECT_NE(shown, std::string::npos) << result.out;
  EXPECT_TRUE(applied == std::string::npos || shown < applied);
  EXPECT_EQ(result.out.find("running for", result.out.find("applied")), std::string::npos);
}

TEST_F(LongStatement, IsNotWatchedWhereItIsQuick) {
  project_.Write("migrations/001_wait.sql",
                 "CREATE TABLE seen AS SELECT application_name FROM pg_stat_activity WHERE datname "
                 "= current_database() AND application_name LIKE 'rung %';\n");
  project_.RunExpecting(0, {"up"});
  EXPECT_EQ(project_.database.Query("SELECT * FROM seen ORDER BY 1"),
            (std::vector<std::vector<std::string>>{{"rung up"}, {"rung up lock"}}));
}

}  // namespace
}  // namespace rung::test
