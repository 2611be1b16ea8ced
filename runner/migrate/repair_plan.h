// What stands between the files and the history, and what of it `rung repair` is asked to accept.
// Pure.
#pragma once

#include <string>
#include <vector>

#include "core/version.h"
#include "migrate/history.h"
#include "migrate/migration.h"

namespace rung::migrate {

struct RepairRequest {
  bool all = false;                   // every changed file and row
  std::vector<core::Version> accept;  // these changed files and rows
  std::vector<core::Version> forget;
  std::vector<core::Version> mark_done;
  std::vector<core::Version> mark_undone;

  bool IsEmpty() const {
    return !all && accept.empty() && forget.empty() && mark_done.empty() && mark_undone.empty();
  }
};

enum class RepairKind {
  kAcceptFile,  // the changed file counts as what was applied
  kAcceptRow,   // the row that others have written to counts as it is
  kForget,      // the row goes
  kMarkDone,    // the open statement has done its work
  kMarkUndone,  // it has not
};

struct RepairStep {
  RepairKind kind;
  std::string version;  // as the history has it
  std::string label;
  std::string detail;                    // for the audit trail
  const HistoryRow* row = nullptr;       // nullptr where it is gone
  const Migration* migration = nullptr;  // nullptr where its file is gone
};

// Something that disagrees, with what is done about it.
struct RepairFinding {
  std::string where;
  std::string what;
  std::vector<std::string> lines;
  std::string remedy;  // "repair: …" or "left: …"
};

// Points into the lists that it was planned from.
struct RepairPlan {
  std::vector<RepairFinding> findings;  // in order of their numbers
  std::vector<RepairStep> steps;

  // As it is shown: a paragraph a finding.
  std::string Text() const;
};

// Shape:  migrations lowest version first.
// Errors: core::Error (kUsage) naming everything asked for that cannot be done.
RepairPlan PlanRepair(const std::vector<Migration>& migrations, const FoundHistory& found,
                      const RepairRequest& request);

}  // namespace rung::migrate
