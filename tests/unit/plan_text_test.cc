#include "cli/plan_text.h"

#include <gtest/gtest.h>

namespace rung::cli {
namespace {

PlanStep Fill(const std::string& table, std::vector<PlanWarning> warnings) {
  PlanStep step;
  step.rung = "024_org";
  step.what = "fill org";
  step.lock = "ROW EXCLUSIVE";
  step.table = table;
  step.does = "fills rows";
  step.how = "page sweep (an ordinary table)";
  step.warnings = std::move(warnings);
  return step;
}

const std::vector<PlanStep> kSteps = {
    Fill("users", {{"trigger", "users", "trigger touch fires"}, {"index", "users", "index i"}}),
    Fill("calls", {{"slot", "", "logical slot s"}})};

TEST(PlanText, HasTheWarningsBelow) {
  EXPECT_EQ(PlanText(kSteps),
            R"(rung     statement  lock           table  rows  size  does        how
-------  ---------  -------------  -----  ----  ----  ----------  ------------------------------
024_org  fill org   ROW EXCLUSIVE  users              fills rows  page sweep (an ordinary table)
         fill org   ROW EXCLUSIVE  calls              fills rows  page sweep (an ordinary table)

rung     table         warning
-------  ------------  -------------------
024_org  users         trigger touch fires
         users         index i
         the database  logical slot s
)");
}

TEST(PlanText, HasTheWarningsOfALineBesideItInCsv) {
  EXPECT_EQ(PlanCsv(kSteps), R"(rung,statement,lock,table,rows,size,does,how,warnings
024_org,fill org,ROW EXCLUSIVE,users,,,fills rows,page sweep (an ordinary table),trigger touch fires; index i
024_org,fill org,ROW EXCLUSIVE,calls,,,fills rows,page sweep (an ordinary table),logical slot s
)");
}

TEST(PlanText, HasTheWarningsOfALineInItsJson) {
  const std::string json = PlanJson({kSteps[1]});
  EXPECT_NE(json.find(R"("warnings": [
        {
          "kind": "slot",
          "table": null,
          "text": "logical slot s"
        }
      ])"),
            std::string::npos)
      << json;
}

}  // namespace
}  // namespace rung::cli
