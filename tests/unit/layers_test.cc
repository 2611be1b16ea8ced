// The house: includes go down, rooms on one floor do not meet, each of our tables has one owner.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "support/project.h"

namespace rung {
namespace {

const std::map<std::string, int> kFloors = {
    {"core", 0},  {"files", 1},  {"sql", 1},     {"pg", 1},       {"clerk", 1},
    {"check", 2}, {"fill", 2},   {"migrate", 3}, {"backfill", 3}, {"report", 3},
    {"reset", 3}, {"ladder", 4}, {"cli", 5},     {"main.cc", 6},
};

// Third-party headers, and the only rooms that may know them.
const std::vector<std::pair<std::string, std::set<std::string>>> kKept = {
    {"boost/", {"cli"}},
    {"nlohmann/", {"cli", "clerk", "backfill"}},
    {"iostream", {}},
    {"curl/", {"clerk"}},
    {"toml++/", {"fill"}},
    {"openssl/", {"files"}},
    {"pg_query", {"sql", "cli"}},
    {"libpq-fe.h", {"pg", "cli"}},
    {"pqxx/pqxx", {"pg"}},
};

// What is wrong with an include of this header in this room; empty where nothing is.
std::string Fault(const std::string& room, const std::string& header, bool quoted) {
  if (!quoted) {
    for (const auto& [prefix, rooms] : kKept) {
      if (header.starts_with(prefix) && !rooms.contains(room))
        return "does not belong into " + room;
    }
    return "";
  }
  const size_t slash = header.find('/');
  const auto to = kFloors.find(header.substr(0, slash));
  if (slash == std::string::npos || to == kFloors.end()) return "names no room";
  if (to->first == room) return "";
  return to->second < kFloors.at(room) ? "" : "goes up, or to a room on the same floor";
}

std::map<std::string, std::string> ReadSources() {
  std::map<std::string, std::string> sources;  // by path below runner/
  const std::filesystem::path top = test::SourceDirectory() / "runner";
  for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    sources[std::filesystem::relative(entry.path(), top).string()] = text.str();
  }
  return sources;
}

TEST(Layers, IncludesGoDown) {
  static const std::regex kInclude(R"re(#include ([<"])([^>"]+)[>"])re");
  int includes = 0;
  for (const auto& [path, text] : ReadSources()) {
    const std::string room = path.substr(0, path.find('/'));
    ASSERT_TRUE(kFloors.contains(room)) << path << " is in a room without a floor";
    for (std::sregex_iterator it(text.begin(), text.end(), kInclude), end; it != end;
         ++it, ++includes) {
      EXPECT_EQ(Fault(room, (*it)[2], (*it)[1] == "\""), "") << path << " includes " << (*it)[2];
    }
  }
  EXPECT_GT(includes, 200);
}

TEST(Layers, AnUpwardIncludeIsFound) {
  EXPECT_EQ(Fault("pg", "migrate/history.h", true), "goes up, or to a room on the same floor");
  EXPECT_EQ(Fault("report", "backfill/ledger.h", true), "goes up, or to a room on the same floor");
  EXPECT_EQ(Fault("cli", "options.h", true), "names no room");
  EXPECT_EQ(Fault("backfill", "boost/log/core.hpp", false), "does not belong into backfill");
  EXPECT_EQ(Fault("backfill", "pg/transaction.h", true), "");
}

TEST(Layers, EachOfOurTablesIsNamedInOneSourceFile) {
  const std::map<std::string, std::string> kOwners = {
      {"migration", "migrate/history_sql.h"}, {"statement", "migrate/statement_record.cc"},
      {"backfill", "backfill/ledger_sql.h"},  {"fill", "backfill/ledger_sql.h"},
      {"chunk", "backfill/ledger_sql.h"},     {"event", "pg/audit.cc"},
      {"own_step", "pg/own_schema.cc"},       {"run", "backfill/run_record.cc"},
      {"reject", "backfill/reject.cc"},
  };
  static const std::regex kTable(R"(\{rung\}\.([a-z_]+))");
  std::map<std::string, std::set<std::string>> named;
  for (const auto& [path, text] : ReadSources()) {
    for (std::sregex_iterator it(text.begin(), text.end(), kTable), end; it != end; ++it) {
      named[(*it)[1]].insert(path);
    }
  }
  EXPECT_EQ(named.size(), kOwners.size());
  for (const auto& [table, paths] : named) {
    ASSERT_TRUE(kOwners.contains(table)) << table;
    EXPECT_EQ(paths, std::set<std::string>{kOwners.at(table)}) << table;
  }
}

}  // namespace
}  // namespace rung
