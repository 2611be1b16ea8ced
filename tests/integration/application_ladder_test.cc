// The repository's own migrations and backfills, on a few tenants made by hand.

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>

#include "integration/fingerprint.h"
#include "integration/masked.h"

namespace rung::test {
namespace {

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The statements that migration 024 keeps as comments: what the backfill is to mean.
std::string CommentedUpdates() {
  std::istringstream lines(ReadFile(SourceDirectory() / "migrations/024_add_clerk_org_id.sql"));
  std::string updates;
  bool inside = false;
  for (std::string line; std::getline(lines, line);) {
    inside = inside || line.starts_with("-- UPDATE ");
    if (inside) updates += line.substr(std::min<size_t>(3, line.size())) + "\n";
    if (line.ends_with(";")) inside = false;
  }
  return updates;
}

class ApplicationLadder : public testing::Test {
 protected:
  // At migration 023 with the tenants' data.
  static void Prepare(Project& project) {
    for (const char* name : {"migrations", "backfills"}) {
      std::filesystem::copy(SourceDirectory() / name, project.directory.path() / name,
                            std::filesystem::copy_options::recursive);
    }
    project.RunExpecting(0, {"up", "--to", "23"});
    project.database.Query(ReadFile(SourceDirectory() / "tests/integration/tenant_data.sql"));
  }

  // Every row of every table but rung's own, without the times that a run sets.
  static std::vector<std::vector<std::string>> AllRows(Project& project) {
    std::vector<std::vector<std::string>> rows;
    for (const auto& table : project.database.Query(
             "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")) {
      for (auto& row : project.database.Query(
               "SELECT '" + table[0] +
               "', (to_jsonb(t) - '{created_at,updated_at,received_at,expires_at}'::text[])::text "
               "FROM " +
               table[0] + " t ORDER BY 2")) {
        rows.push_back(std::move(row));
      }
    }
    return rows;
  }

  Project project_;
};

TEST_F(ApplicationLadder, FillsWhatTheCommentedStatementsSayRowByRow) {
  Prepare(project_);
  project_.RunExpecting(0, {"up", "--jobs", "2"});

  Project byHand;
  Prepare(byHand);
  byHand.RunExpecting(0, {"migrate", "--to", "24"});
  byHand.database.Query(CommentedUpdates());

  const auto rows = AllRows(project_);
  EXPECT_GT(rows.size(), 250u);
  EXPECT_EQ(rows, AllRows(byHand));
  EXPECT_EQ(project_.database.Value(
                "SELECT string_agg(clerk_org_id, ' ' ORDER BY e164) FROM phone_numbers"),
            "org_bolt org_acme org_wrong org_acme org_bolt org_acme");
  EXPECT_EQ(project_.database.Value(
                "SELECT count(*) FROM campaign_contacts WHERE clerk_org_id IS NOT NULL"),
            "18");
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM pg_index WHERE NOT indisvalid"), "0");
  EXPECT_EQ(project_.database.Query(
                "SELECT count(*), count(*) FILTER (WHERE state = 'applied') FROM rung.migration"),
            (std::vector<std::vector<std::string>>{{"25", "25"}}));
}

TEST_F(ApplicationLadder, CountsTheRowsThatItFilled) {
  Prepare(project_);
  project_.RunExpecting(0, {"up"});
  for (const auto& fill : project_.database.Query(
           "SELECT relation, rows_filled, state FROM rung.fill ORDER BY position")) {
    const bool had_two = fill[0] == "public.phone_numbers";
    const bool had_one = fill[0] == "public.agent_assistance_sessions";
    const std::string filled =
        project_.database.Value("SELECT count(clerk_org_id) FROM " + fill[0]);
    EXPECT_EQ(std::stoi(fill[1]), std::stoi(filled) - (had_two ? 2 : had_one ? 1 : 0)) << fill[0];
    EXPECT_EQ(fill[2], "complete");
  }
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.fill"), "23");
  EXPECT_EQ(project_.database.Value("SELECT count(*) FROM rung.chunk"), "0");
}

TEST_F(ApplicationLadder, ASecondUpChangesNothing) {
  Prepare(project_);
  project_.RunExpecting(0, {"up"});
  const std::string before = Fingerprint(project_.database);
  const Result again = project_.RunExpecting(0, {"up"});
  EXPECT_EQ(again.err, "up to date: 25 migrations applied, 1 backfill complete\n");
  EXPECT_EQ(Fingerprint(project_.database), before);
}

TEST_F(ApplicationLadder, MayBeFilledAgainAndWritesNoRowTwice) {
  Prepare(project_);
  project_.RunExpecting(0, {"up"});
  const std::string rows =
      "SELECT string_agg(xmin || ' ' || ctid::text, ',' ORDER BY id) FROM calls";
  const std::string before = project_.database.Value(rows);
  project_.RunExpecting(0, {"backfill", "--again"});
  EXPECT_EQ(project_.database.Value(rows), before);
}

TEST_F(ApplicationLadder, IsReportedWithEveryReason) {
  Prepare(project_);
  project_.RunExpecting(0, {"up"});
  const Result result = project_.RunExpecting(3, {"report", "--format", "json"});
  const auto report = nlohmann::json::parse(result.out).at("backfills").at(0);
  EXPECT_EQ(
      report.at("total").dump(),
      R"({"fillable":0,"filled":152,"mismatches":1,"missing":84,"no_parent":3,"no_parent_key":8,"no_value":73,"rows":236,"set_aside":0})");
  EXPECT_EQ(
      report.at("blockers").dump(),
      R"([{"key":"c27af3f6-460e-b109-79ad-b366fc7f6856","name":"Corp","reason":"no_value","rows":73,"table":"clients","tables":23},)"
      R"({"key":"6598d72e-f2d2-25ac-18b2-94dc8acc85a2","name":"","reason":"no_parent","rows":3,"table":"clients","tables":3}])");
}

}  // namespace
}  // namespace rung::test
