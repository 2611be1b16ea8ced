#include "backfill/control.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "pg/audit.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

std::string LabelOf(const BackfillRow& row) { return row.version.text() + "_" + row.name; }

const char* StateOf(Control control) {
  return control == Control::kResume ? "running" : StateAfter(control);
}

core::Error NotChosen(std::string what, std::string next) {
  return core::Error(core::Failure::kUsage, core::Problem{"", std::move(what), {}},
                     "nothing was changed", std::move(next));
}

core::Error Refused(const BackfillRow& row, std::string what, std::string next) {
  return core::Error(core::Failure::kFailed, core::Problem{LabelOf(row), std::move(what), {}},
                     "nothing was changed", std::move(next));
}

}  // namespace

const char* StateAfter(Control control) {
  switch (control) {
    case Control::kPause:
      return "paused";
    case Control::kResume:
      return "resumed";
    case Control::kCancel:
      return "cancelled";
  }
  return "";
}

const BackfillRow& FindBackfill(const std::vector<BackfillRow>& rows, const std::string& name) {
  const auto number = core::Version::Parse(name);
  std::vector<const BackfillRow*> found;
  for (const BackfillRow& row : rows) {
    const bool is_named =
        row.name == name || LabelOf(row) == name || (number && *number == row.version);
    if (name.empty() ? !row.IsComplete() : is_named) found.push_back(&row);
  }
  if (found.size() == 1) return *found.front();
  if (found.empty()) {
    throw NotChosen(name.empty() ? "no backfill is begun and not complete"
                                 : fmt::format("no backfill `{}` is begun", name),
                    "see `rung status`");
  }
  std::vector<std::string> labels;
  labels.reserve(found.size());
  for (const BackfillRow* row : found) labels.push_back(LabelOf(*row));
  throw NotChosen(fmt::format("which one: {}?", fmt::join(labels, ", ")), "name it");
}

bool ApplyControl(pg::Connection& connection, const pg::OwnSchema& schema, const core::Actor& actor,
                  const BackfillRow& row, Control control) {
  pg::Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10)});
  const std::string state = LockState(transaction, schema, row.version);
  if (state == StateOf(control)) return false;
  if (state == "complete") {
    throw Refused(row, "it is complete", "`rung backfill --again` has it verify itself once more");
  }
  if (state == "cancelled" && control == Control::kPause) {
    throw Refused(row, "it is cancelled", "`rung resume` has it go on");
  }
  SetState(transaction, schema, row.version, StateOf(control));
  pg::RecordEvent(connection, schema, actor, fmt::format("backfill {}", StateAfter(control)),
                  LabelOf(row), fmt::format("was {}", state));
  transaction.Commit();
  return true;
}

std::map<std::string, std::string> TuneBackfill(pg::Connection& connection,
                                                const pg::OwnSchema& schema,
                                                const core::Actor& actor, const BackfillRow& row,
                                                bool anew,
                                                const std::map<std::string, std::string>& limits) {
  pg::Transaction transaction(connection, {.lock_timeout = std::chrono::seconds(10)});
  if (LockState(transaction, schema, row.version) == "complete") {
    throw Refused(row, "it is complete", "`rung backfill --again` takes its limits as flags");
  }
  Tune(transaction, schema, row.version, anew, limits);
  std::string detail = anew ? "reset" : "";
  for (const auto& [name, value] : limits) {
    detail += fmt::format("{}{} {}", detail.empty() ? "" : ", ", name, value);
  }
  pg::RecordEvent(connection, schema, actor, "backfill tuned", LabelOf(row), detail);
  auto tuning = ReadStanding(connection, schema, row.version).tuning;
  transaction.Commit();
  return tuning;
}

}  // namespace rung::backfill
