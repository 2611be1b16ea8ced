#include "cli/plan_text.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "cli/event_text.h"
#include "cli/table.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using NumberText = std::string (*)(int64_t);

std::string InDigits(int64_t number) { return std::to_string(number); }

std::string TextOf(const std::optional<int64_t>& number, NumberText text) {
  return number ? text(*number) : "";
}

std::string HowOf(const PlanStep& step) {
  std::string how = step.how + (step.is_new ? "; a new table" : "");
  if (!step.why.empty()) how += "; " + step.why;
  return how;
}

// A long statement's first line, cut for people.
std::string Shortened(const std::string& what) {
  constexpr size_t kLongest = 60;
  return what.size() > kLongest ? what.substr(0, kLongest - 3) + "..." : what;
}

std::string SubjectOf(const PlanWarning& warning) {
  return warning.table.empty() ? "the database" : warning.table;
}

std::string WarningsOf(const PlanStep& step) {
  std::vector<std::string> texts;
  for (const PlanWarning& warning : step.warnings) texts.push_back(warning.text);
  return fmt::format("{}", fmt::join(texts, "; "));
}

// The text only where it is another than the line before has.
std::string IfNew(const std::string& text, std::string& last) {
  if (text == last) return "";
  last = text;
  return text;
}

Json NumberJson(const std::optional<int64_t>& number) { return number ? Json(*number) : Json(); }

Json TextJson(const std::string& text) { return text.empty() ? Json() : Json(text); }

}  // namespace

std::string PlanText(const std::vector<PlanStep>& steps) {
  using Align = Table::Align;
  Table table({{"rung"},
               {"statement"},
               {"lock"},
               {"table"},
               {"rows", Align::kRight},
               {"size", Align::kRight},
               {"does"},
               {"how"}});
  Table warnings({{"rung"}, {"table"}, {"warning"}});
  std::string last;
  std::string last_warned;
  for (const PlanStep& step : steps) {
    table.Add({IfNew(step.rung, last), Shortened(step.what), step.lock, step.table,
               TextOf(step.rows, FormatCount), TextOf(step.bytes, FormatBytes),
               step.does + (step.is_certain ? "" : "?"), HowOf(step)});
    for (const PlanWarning& warning : step.warnings) {
      warnings.Add({IfNew(step.rung, last_warned), SubjectOf(warning), warning.text});
    }
  }
  return table.Text() + (warnings.empty() ? "" : "\n" + warnings.Text());
}

std::string PlanCsv(const std::vector<PlanStep>& steps) {
  Table table({{"rung"},
               {"statement"},
               {"lock"},
               {"table"},
               {"rows"},
               {"size"},
               {"does"},
               {"how"},
               {"warnings"}});
  for (const PlanStep& step : steps) {
    table.Add({step.rung, step.what, step.lock, step.table, TextOf(step.rows, InDigits),
               TextOf(step.bytes, InDigits), step.does + (step.is_certain ? "" : "?"), HowOf(step),
               WarningsOf(step)});
  }
  return table.Csv();
}

std::string PlanJson(const std::vector<PlanStep>& steps) {
  Json list = Json::array();
  for (const PlanStep& step : steps) {
    Json locks = Json::array();
    for (const sql::TableLock& lock : step.locks) {
      locks.push_back({{"table", lock.table}, {"lock", sql::ToString(lock.mode)}});
    }
    Json warnings = Json::array();
    for (const PlanWarning& warning : step.warnings) {
      warnings.push_back(
          {{"kind", warning.kind}, {"table", TextJson(warning.table)}, {"text", warning.text}});
    }
    list.push_back({{"rung", step.rung},
                    {"place", step.place},
                    {"statement", step.what},
                    {"lock", step.lock},
                    {"table", step.table},
                    {"locks", locks},
                    {"rows", NumberJson(step.rows)},
                    {"size", NumberJson(step.bytes)},
                    {"new_table", step.is_new},
                    {"does", TextJson(step.does)},
                    {"why", TextJson(step.why)},
                    {"certain", step.is_certain},
                    {"transaction", step.in_transaction},
                    {"how", step.how},
                    {"warnings", warnings}});
  }
  return Json{{"schema", 1}, {"steps", list}}.dump(2) + "\n";
}

}  // namespace rung::cli
