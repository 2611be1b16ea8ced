#include "migrate/repair_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "core/error.h"
#include "migrate/migration_plan.h"

namespace rung::migrate {
namespace {

// All that is known of one number.
struct Entry {
  const Migration* migration = nullptr;
  const HistoryRow* row = nullptr;
  const pg::LastEvent* gone = nullptr;  // the row was there once
};

using Entries = std::map<core::Version, Entry>;

Entries Collect(const std::vector<Migration>& migrations, const FoundHistory& found) {
  Entries entries;
  for (const Migration& migration : migrations) entries[migration.version].migration = &migration;
  for (const HistoryRow& row : found.rows) entries[row.version].row = &row;
  for (const pg::LastEvent& event : found.gone) {
    if (const auto version = core::Version::Parse(event.version)) entries[*version].gone = &event;
  }
  return entries;
}

class Planner {
 public:
  Planner(const std::vector<Migration>& migrations, const FoundHistory& found,
          const RepairRequest& request)
      : request_(request), entries_(Collect(migrations, found)) {
    for (const HistoryRow& row : found.rows) {
      if (row.is_applied) last_applied_ = &row;
    }
  }

  RepairPlan Plan() {
    for (const auto& [version, entry] : entries_) Look(version, entry);
    const auto require = [&](const std::vector<core::Version>& asked, const std::string& flag) {
      for (const core::Version& version : asked) RequireDone(version, flag);
    };
    require(request_.accept, "");
    require(request_.forget, "--forget ");
    require(request_.mark_done, "--mark-done ");
    require(request_.mark_undone, "--mark-undone ");
    if (!problems_.empty()) {
      throw core::Error(core::Failure::kUsage, std::move(problems_), "nothing was changed",
                        "see what there is to repair with `rung repair`");
    }
    return std::move(plan_);
  }

 private:
  static bool IsAmong(const core::Version& version, const std::vector<core::Version>& asked) {
    return std::find(asked.begin(), asked.end(), version) != asked.end();
  }

  void Look(const core::Version& version, const Entry& entry) {
    if (entry.row == nullptr) {
      if (entry.gone != nullptr) {
        LookAtGone(version, *entry.gone);
      } else if (last_applied_ != nullptr && version < last_applied_->version) {
        plan_.findings.push_back(
            {entry.migration->path,
             fmt::format("late: {} is applied already", last_applied_->Label()),
             {},
             "left: `rung up --allow-late` runs it in its place"});
      }
      return;
    }
    if (!entry.row->is_as_written) LookAtEdited(version, entry);
    if (entry.migration == nullptr) {
      Find({entry.row->Label(), DescribeMissing(*entry.row), {}, ""},
           {RepairKind::kForget, "", "", DescribeMissing(*entry.row), entry.row},
           IsAmong(version, request_.forget), fmt::format("--forget {}", version.text()),
           "takes its row out of the history");
      return;
    }
    LookAtChange(version, entry);
    if (entry.row->statement_is_open) LookAtOpen(version, entry);
    if (entry.row->is_baseline && IsAmong(version, request_.forget)) {
      Find({entry.row->Label(), "taken over by a baseline, and never run here", {}, ""},
           {RepairKind::kForget, "", "", "taken over by a baseline", entry.row, entry.migration},
           true, "", "takes its row out of the history, so that its file is pending");
    }
  }

  // Adds the finding, and the step where it is asked for.
  void Find(RepairFinding finding, RepairStep step, bool is_asked, const std::string& asks,
            const std::string& does) {
    finding.remedy =
        is_asked ? "repair: " + does : fmt::format("left: `rung repair {}` {}", asks, does);
    plan_.findings.push_back(std::move(finding));
    if (!is_asked) return;
    step.version = step.row != nullptr ? step.row->version.text() : step.version;
    step.label = step.migration != nullptr ? step.migration->Label()
                 : step.row != nullptr     ? step.row->Label()
                                           : step.label;
    plan_.steps.push_back(std::move(step));
  }

  void LookAtGone(const core::Version& version, const pg::LastEvent& event) {
    Find({event.subject,
          fmt::format("its row is gone, and the audit trail has it as \"{}\"", event.kind),
          {},
          ""},
         {RepairKind::kForget, event.version, event.subject, "the row was gone already"},
         IsAmong(version, request_.forget), fmt::format("--forget {}", event.version),
         "accepts that, and the file, if there is one, counts as never run");
  }

  void LookAtEdited(const core::Version& version, const Entry& entry) {
    const bool is_asked = request_.all || IsAmong(version, request_.accept);
    Find({entry.row->Label(),
          "its row was changed by something else than rung: its digest does not fit it",
          {fmt::format("row: {}, {} of {} statements, sha256 {}",
                       entry.row->is_applied ? "applied" : "running", entry.row->statements_done,
                       entry.row->statements_total, entry.row->checksum)},
          ""},
         {RepairKind::kAcceptRow, "", "", "as it stood there", entry.row, entry.migration},
         is_asked, version.text(), "accepts the row as it stands there");
  }

  void LookAtChange(const core::Version& version, const Entry& entry) {
    const Change change = FindChange(*entry.migration, *entry.row);
    if (change == Change::kNone) return;
    core::Problem problem = DescribeChange(*entry.migration, *entry.row);
    const bool is_asked = request_.all || IsAmong(version, request_.accept);
    if (is_asked && !entry.row->is_applied &&
        static_cast<int>(entry.migration->statements.size()) < entry.row->statements_done) {
      refused_.insert(version);
      problems_.push_back(
          {problem.where,
           fmt::format("it has {} statements, and {} are done already",
                       entry.migration->statements.size(), entry.row->statements_done),
           {}});
      return;
    }
    const std::string detail = problem.excerpt.empty() || change == Change::kForm
                                   ? "comments, white space or line ends"
                                   : problem.excerpt.front();
    Find({problem.where, problem.what, problem.excerpt, ""},
         {RepairKind::kAcceptFile, "", "", detail, entry.row, entry.migration}, is_asked,
         version.text(), "takes the file as it is now for what was applied; nothing is run");
  }

  void LookAtOpen(const core::Version& version, const Entry& entry) {
    const auto at = static_cast<size_t>(entry.row->statements_done);
    if (at >= entry.migration->statements.size()) return;
    const sql::Statement& statement = entry.migration->statements[at];
    const std::string number = version.text();
    const bool is_done = IsAmong(version, request_.mark_done);
    const bool is_undone = IsAmong(version, request_.mark_undone);
    if (is_done && is_undone) {
      refused_.insert(version);
      problems_.push_back({number, "a statement is either done or not", {}});
      return;
    }
    RepairFinding finding{
        fmt::format("{}:{}", entry.migration->path, statement.head_line),
        fmt::format("statement {} of {} was begun outside of a transaction, its end is not known",
                    at + 1, entry.migration->statements.size()),
        {std::string(statement.head)},
        ""};
    const RepairKind kind = is_undone ? RepairKind::kMarkUndone : RepairKind::kMarkDone;
    if (!is_done && !is_undone) {
      finding.remedy = fmt::format(
          "left: `rung repair --mark-done {0}` counts it as done, `rung repair --mark-undone {0}` "
          "has the next run begin with it",
          number);
      plan_.findings.push_back(std::move(finding));
      return;
    }
    Find(std::move(finding),
         {kind, "", "", std::string(statement.head), entry.row, entry.migration}, true, "",
         is_done ? "counts it as done" : "has the next run begin with it");
  }

  void RequireDone(const core::Version& version, const std::string& flag) {
    const bool is_planned =
        std::any_of(plan_.steps.begin(), plan_.steps.end(), [&](const RepairStep& step) {
          return *core::Version::Parse(step.version) == version && Answers(step.kind, flag);
        });
    if (is_planned || refused_.contains(version)) return;
    const auto found = entries_.find(version);
    problems_.push_back({flag + version.text(),
                         found == entries_.end() ? "no file and no row has this number"
                                                 : WhyNot(found->second, flag),
                         {}});
  }

  static bool Answers(RepairKind kind, const std::string& flag) {
    switch (kind) {
      case RepairKind::kAcceptFile:
      case RepairKind::kAcceptRow:
        return flag.empty();
      case RepairKind::kForget:
        return flag == "--forget ";
      case RepairKind::kMarkDone:
        return flag == "--mark-done ";
      case RepairKind::kMarkUndone:
        return flag == "--mark-undone ";
    }
    return false;
  }

  std::string WhyNot(const Entry& entry, const std::string& flag) const {
    if (flag.starts_with("--mark")) return "none of its statements waits for an answer";
    if (flag == "--forget ") {
      return entry.row == nullptr ? "it is not in the history"
                                  : "its file is there: the next run would run it once more";
    }
    if (entry.migration == nullptr) return "its file is missing: --forget takes its row out";
    if (entry.row == nullptr) {
      return last_applied_ != nullptr && entry.migration->version < last_applied_->version
                 ? "it is late: `rung up --allow-late` runs it in its place"
                 : "it is not in the history: `rung up` runs it";
    }
    return "its file and its row are as they were applied";
  }

  const RepairRequest& request_;
  const Entries entries_;
  const HistoryRow* last_applied_ = nullptr;
  std::vector<core::Problem> problems_;
  std::set<core::Version> refused_;  // whose problem is told already
  RepairPlan plan_;
};

}  // namespace

std::string RepairPlan::Text() const {
  std::string text;
  for (const RepairFinding& finding : findings) {
    text += finding.where + ": " + finding.what + "\n";
    for (const std::string& line : finding.lines) text += "  " + line + "\n";
    text += "  " + finding.remedy + "\n";
  }
  return text;
}

RepairPlan PlanRepair(const std::vector<Migration>& migrations, const FoundHistory& found,
                      const RepairRequest& request) {
  return Planner(migrations, found, request).Plan();
}

}  // namespace rung::migrate
