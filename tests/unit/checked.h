// A ladder made of texts, looked at by the rules.
#pragma once

#include <string>
#include <vector>

#include "check/check.h"
#include "migrate/migration.h"

namespace rung::check {

// The findings of files 1.sql, 2.sql …: "2.sql:1 ban-drop-column" each.
inline std::vector<Finding> Findings(const std::vector<std::string>& texts,
                                     CheckSettings settings = {}) {
  Checker checker(std::move(settings));
  migrate::CommittingProcedures procedures;
  int number = 0;
  for (const std::string& text : texts) {
    const std::string digits = std::to_string(++number);
    const auto shared = std::make_shared<const std::string>(text);
    migrate::Migration migration{
        *core::Version::Parse(digits), "a", digits + ".sql", "", "", {}, {}, shared};
    std::vector<core::Problem> problems;
    migrate::PlanUnits(sql::SplitStatements(*shared), procedures, migration, problems);
    for (const core::Problem& problem : problems) checker.AddProblem("cannot-run", problem);
    std::vector<Block> blocks;
    for (const migrate::Unit& unit : migration.units) {
      blocks.push_back({unit.begin, unit.end, unit.in_transaction});
    }
    checker.Look({migration.version, migration.path, *shared, migration.statements, blocks});
  }
  return checker.Finish();
}

inline std::vector<std::string> Found(const std::vector<std::string>& texts,
                                      CheckSettings settings = {}) {
  std::vector<std::string> found;
  for (const Finding& finding : Findings(texts, std::move(settings))) {
    found.push_back(finding.path + ":" + std::to_string(finding.line) + " " +
                    std::string(finding.rule->name));
  }
  return found;
}

}  // namespace rung::check
