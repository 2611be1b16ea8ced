#include "check/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/table.h"
#include "core/error.h"
#include "core/visible.h"

namespace rung::cli {
namespace {

using check::Finding;
using check::Severity;
using Json = nlohmann::ordered_json;

// Appends what keeps these files from being read; a directory that is not there ends the command.
template <typename Read>
void Try(const std::filesystem::path& directory, std::string_view rule, check::Checker& checker,
         const Read& read) {
  try {
    read();
  } catch (const core::Error& error) {
    if (!std::filesystem::is_directory(directory)) throw;
    for (const core::Problem& problem : error.problems()) checker.AddProblem(rule, problem);
  }
}

void LookAt(const migrate::Migration& migration, check::Checker& checker) {
  std::vector<check::Block> blocks;
  for (const migrate::Unit& unit : migration.units) {
    blocks.push_back({unit.begin, unit.end, unit.in_transaction});
  }
  checker.Look({migration.version, migration.path, *migration.text, migration.statements, blocks});
}

struct Checked {
  size_t migrations = 0;
  size_t backfills = 0;
  std::vector<Finding> findings;
};

Checked CheckAll(const Program& program) {
  const Options& options = program.options;
  check::Checker checker({options.from, options.supabase});
  Checked checked;
  Try(options.migrations, "cannot-run", checker, [&] {
    std::vector<core::Problem> problems;
    const auto migrations = migrate::ReadMigrations(options.migrations, problems);
    for (const core::Problem& problem : problems) checker.AddProblem("cannot-run", problem);
    for (const migrate::Migration& migration : migrations) LookAt(migration, checker);
    checked.migrations = migrations.size();
  });
  Try(options.backfills, "bad-backfill", checker,
      [&] { checked.backfills = ReadBackfills(program).size(); });
  checked.findings = checker.Finish();
  return checked;
}

std::string PlaceOf(const Finding& finding) {
  return finding.line == 0 ? finding.path : fmt::format("{}:{}", finding.path, finding.line);
}

std::string CountText(size_t count, const char* name) {
  return fmt::format("{} {}{}", count, name, count == 1 ? "" : "s");
}

size_t CountOf(const std::vector<Finding>& findings, Severity severity) {
  return static_cast<size_t>(
      std::count_if(findings.begin(), findings.end(),
                    [&](const Finding& finding) { return finding.rule->severity == severity; }));
}

std::string AsText(const Checked& checked) {
  std::string text;
  for (const Finding& finding : checked.findings) {
    const check::Rule& rule = *finding.rule;
    text += fmt::format("{}: {}: {} [{}]\n", core::Visible(PlaceOf(finding)),
                        ToString(rule.severity), core::Visible(finding.what), rule.name);
    for (const std::string& line : finding.excerpt) text += "  " + core::Visible(line) + '\n';
    text += fmt::format("  why:     {}\n  instead: {}\n", rule.why, rule.instead);
  }
  const std::string looked_at =
      CountText(checked.migrations, "migration") +
      (checked.backfills > 0 ? " and " + CountText(checked.backfills, "backfill") : "");
  if (checked.findings.empty()) return "nothing found in " + looked_at + '\n';
  return text + fmt::format("\n{}, {} in {}\n",
                            CountText(CountOf(checked.findings, Severity::kError), "error"),
                            CountText(CountOf(checked.findings, Severity::kWarning), "warning"),
                            looked_at);
}

std::string AsJson(const Checked& checked) {
  Json list = Json::array();
  for (const Finding& finding : checked.findings) {
    const check::Rule& rule = *finding.rule;
    list.push_back({{"file", finding.path},
                    {"line", finding.line == 0 ? Json() : Json(finding.line)},
                    {"rule", rule.name},
                    {"severity", ToString(rule.severity)},
                    {"message", finding.what},
                    {"excerpt", finding.excerpt},
                    {"why", rule.why},
                    {"instead", rule.instead}});
  }
  return Json{{"schema", 1},
              {"migrations", checked.migrations},
              {"backfills", checked.backfills},
              {"errors", CountOf(checked.findings, Severity::kError)},
              {"warnings", CountOf(checked.findings, Severity::kWarning)},
              {"findings", list}}
             .dump(2) +
         "\n";
}

std::string AsCsv(const Checked& checked) {
  Table table({{"file"}, {"line"}, {"rule"}, {"severity"}, {"message"}});
  for (const Finding& finding : checked.findings) {
    table.Add({finding.path, finding.line == 0 ? "" : std::to_string(finding.line),
               std::string(finding.rule->name), ToString(finding.rule->severity), finding.what});
  }
  return table.Csv();
}

std::string RulesText(Format format) {
  const auto pack = [](const check::Rule& rule) {
    return rule.pack == check::Pack::kSupabase ? "supabase" : "general";
  };
  if (format == Format::kJson) {
    Json list = Json::array();
    for (const check::Rule& rule : check::Rules()) {
      list.push_back({{"rule", rule.name},
                      {"severity", ToString(rule.severity)},
                      {"pack", pack(rule)},
                      {"finds", rule.summary},
                      {"why", rule.why},
                      {"instead", rule.instead}});
    }
    return Json{{"schema", 1}, {"rules", list}}.dump(2) + "\n";
  }
  Table table({{"rule"}, {"severity"}, {"pack"}, {"finds"}});
  for (const check::Rule& rule : check::Rules()) {
    table.Add(
        {std::string(rule.name), ToString(rule.severity), pack(rule), std::string(rule.summary)});
  }
  return format == Format::kCsv ? table.Csv() : table.Text();
}

bool Fails(const std::vector<Finding>& findings, FailOn fail_on) {
  switch (fail_on) {
    case FailOn::kNone:
      return false;
    case FailOn::kWarning:
      return !findings.empty();
    case FailOn::kError:
      return CountOf(findings, Severity::kError) > 0;
  }
  return true;
}

}  // namespace

int RunCheck(Program& program) {
  const Options& options = program.options;
  if (options.rules) {
    program.console.WriteResult(RulesText(options.format));
    return kExitDone;
  }
  const Checked checked = CheckAll(program);
  switch (options.format) {
    case Format::kTable:
      program.console.WriteResult(AsText(checked));
      break;
    case Format::kJson:
      program.console.WriteResult(AsJson(checked));
      break;
    case Format::kCsv:
      program.console.WriteResult(AsCsv(checked));
      break;
  }
  return Fails(checked.findings, options.fail_on) ? kExitFailed : kExitDone;
}

}  // namespace rung::cli
