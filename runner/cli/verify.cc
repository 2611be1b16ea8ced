#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/table.h"
#include "core/error.h"
#include "core/visible.h"
#include "pg/preflight.h"
#include "pg/transaction.h"
#include "reset/readiness.h"
#include "reset/sign_up.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using reset::Check;

constexpr pg::TransactionSettings kReadTransaction{
    .lock_timeout = std::chrono::seconds(10), .rows_are_all_visible = true, .read_only = true};

bool AllHold(const std::vector<Check>& checks) {
  return std::all_of(checks.begin(), checks.end(),
                     [](const Check& check) { return check.holds(); });
}

std::string AsText(const std::vector<Check>& checks) {
  std::string text;
  for (const Check& check : checks) {
    text += fmt::format("{}  {}\n", check.holds() ? "ok    " : "FAILED", core::Visible(check.what));
    for (const std::string& fault : check.faults)
      text += "          " + core::Visible(fault) + "\n";
  }
  return text +
         (AllHold(checks) ? "\nReady for new sign-ups.\n" : "\nNot ready for new sign-ups.\n");
}

std::string AsJson(const std::vector<Check>& checks) {
  Json list = Json::array();
  for (const Check& check : checks) {
    list.push_back({{"check", check.what}, {"ok", check.holds()}, {"faults", check.faults}});
  }
  return Json{{"schema", 1}, {"ready", AllHold(checks)}, {"checks", list}}.dump(2) + "\n";
}

std::string AsCsv(const std::vector<Check>& checks) {
  Table table({{"check"}, {"ok"}, {"fault"}});
  for (const Check& check : checks) {
    if (check.holds()) table.Add({check.what, "true", ""});
    for (const std::string& fault : check.faults) table.Add({check.what, "false", fault});
  }
  return table.Csv();
}

std::vector<reset::TenantColumn> RequireColumns(const Program& program) {
  std::vector<reset::TenantColumn> columns = reset::TenantColumns(ReadBackfills(program));
  if (!columns.empty()) return columns;
  throw core::Error(core::Failure::kUsage,
                    core::Problem{program.options.backfills.string(),
                                  "no backfill in here says which tables carry their organization",
                                  {}},
                    "nothing was run", "name the right directory with --backfills");
}

}  // namespace

int RunVerify(Program& program) {
  const Options& options = program.options;
  const reset::TableList list = reset::ReadTableList(options.wipe.script);
  const reset::SignUp sign_up = reset::ReadSignUp(options.wipe.steps);
  const std::vector<reset::TenantColumn> columns = RequireColumns(program);
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  pg::RequireWritable(pg::ReadServerFacts(connection), target.description);

  std::vector<Check> checks;
  std::vector<reset::Sequence> sequences;
  {
    pg::Transaction transaction(connection, kReadTransaction);
    checks = reset::ReadReadiness(connection, list, columns, options.schema);
    const auto tables = reset::FindTables(connection, list, options.schema);
    sequences = reset::ReadSequences(connection, reset::EmptiedOids(tables));
  }
  // Steps would fail for what is missing, and say it less well.
  const bool is_whole = checks.front().holds();
  if (is_whole) {
    const auto steps = reset::WalkSignUp(connection, sign_up, columns, sequences);
    checks.insert(checks.end(), steps.begin(), steps.end());
  } else {
    checks.push_back({"sign-up", {"not run: columns are missing"}});
  }
  switch (options.format) {
    case Format::kTable:
      program.console.WriteResult(AsText(checks));
      break;
    case Format::kJson:
      program.console.WriteResult(AsJson(checks));
      break;
    case Format::kCsv:
      program.console.WriteResult(AsCsv(checks));
      break;
  }
  return AllHold(checks) ? kExitDone : kExitFailed;
}

}  // namespace rung::cli
