#include "cli/rejects.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "backfill/plan_backfill.h"
#include "backfill/reject.h"
#include "backfill/reject_retry.h"
#include "backfill/run_backfill.h"
#include "cli/commands.h"
#include "cli/event_text.h"
#include "cli/exit_status.h"
#include "cli/table.h"
#include "core/error.h"
#include "pg/audit.h"
#include "pg/preflight.h"

namespace rung::cli {
namespace {

using Json = nlohmann::ordered_json;
using backfill::BackfillRow;
using backfill::FillRow;
using backfill::Reject;
using backfill::RetryResult;

// One backfill that has begun, and what it has set aside.
struct SetAside {
  const BackfillRow* row = nullptr;
  std::string label;
  std::vector<FillRow> fills;
  std::vector<std::vector<Reject>> rejects;  // by fill
};

std::string TableOf(const FillRow& fill) {
  return fill.relation.starts_with("public.") ? fill.relation.substr(7) : fill.relation;
}

std::vector<SetAside> ReadSetAside(pg::Connection& connection, const pg::OwnSchema& schema,
                                   const std::vector<BackfillRow>& rows, const std::string& name) {
  const std::vector<Reject> all = backfill::ReadRejects(connection, schema);
  std::vector<SetAside> found;
  for (const BackfillRow& row : rows) {
    if (!name.empty() && &row != &backfill::FindBackfill(rows, name)) continue;
    SetAside own{&row, row.version.text() + "_" + row.name, {}, {}};
    own.fills = backfill::ReadFillRows(connection, schema, row.version);
    for (const FillRow& fill : own.fills) {
      own.rejects.emplace_back();
      std::copy_if(all.begin(), all.end(), std::back_inserter(own.rejects.back()),
                   [&](const Reject& reject) { return reject.fill_id == fill.id; });
    }
    found.push_back(std::move(own));
  }
  if (rows.empty() && !name.empty()) backfill::FindBackfill(rows, name);  // refuses
  return found;
}

template <typename Use>
void ForEach(const std::vector<SetAside>& backfills, Use&& use) {
  for (const SetAside& own : backfills) {
    for (size_t i = 0; i < own.fills.size(); ++i) {
      for (const Reject& reject : own.rejects[i]) use(own.label, TableOf(own.fills[i]), reject);
    }
  }
}

std::string AsText(const std::vector<SetAside>& backfills) {
  Table table({{"backfill"},
               {"table"},
               {"key"},
               {"SQLSTATE"},
               {"attempts", Table::Align::kRight},
               {"last"},
               {"message"}});
  ForEach(backfills,
          [&](const std::string& label, const std::string& relation, const Reject& reject) {
            table.Add({label, relation, reject.shown_key, reject.sqlstate,
                       std::to_string(reject.attempts), reject.last_at, reject.message});
          });
  return table.empty() ? "no row is set aside\n" : table.Text();
}

std::string AsCsv(const std::vector<SetAside>& backfills) {
  Table table({{"backfill"},
               {"table"},
               {"key"},
               {"sqlstate"},
               {"message"},
               {"attempts"},
               {"first_at"},
               {"last_at"}});
  ForEach(backfills,
          [&](const std::string& label, const std::string& relation, const Reject& reject) {
            table.Add({label, relation, reject.shown_key, reject.sqlstate, reject.message,
                       std::to_string(reject.attempts), reject.first_at, reject.last_at});
          });
  return table.Csv();
}

std::string AsJson(const std::vector<SetAside>& backfills) {
  Json list = Json::array();
  ForEach(backfills,
          [&](const std::string& label, const std::string& relation, const Reject& reject) {
            list.push_back({{"backfill", label},
                            {"table", relation},
                            {"key", Json::parse(reject.key_json)},
                            {"sqlstate", reject.sqlstate},
                            {"message", reject.message},
                            {"attempts", reject.attempts},
                            {"first_at", reject.first_at},
                            {"last_at", reject.last_at}});
          });
  return Json{{"schema", 1}, {"rejects", list}}.dump(2) + "\n";
}

const fill::BackfillFile& FileOf(const std::vector<fill::BackfillFile>& files,
                                 const SetAside& own) {
  const auto file = std::find_if(files.begin(), files.end(), [&](const fill::BackfillFile& known) {
    return known.version == own.row->version;
  });
  if (file != files.end()) return *file;
  throw core::Error(core::Failure::kFailed, core::Problem{own.label, "its file is gone", {}},
                    "nothing was tried", "bring the file back");
}

RetryResult RetryAll(Program& program, pg::Connection& connection, const SetAside& own,
                     const std::vector<backfill::FillPlan>& plans) {
  const auto redact = [&](const std::string& text) {
    return program.console.redactor().Redact(text);
  };
  RetryResult total;
  for (const backfill::FillPlan& plan : plans) {
    for (size_t i = 0; i < own.fills.size(); ++i) {
      if (own.fills[i].position != plan.position || own.fills[i].relation != plan.relation.name)
        continue;
      try {
        const RetryResult result =
            backfill::RetryRejects(connection, program.schema, plan, own.rejects[i], redact);
        total.filled += result.filled;
        total.settled += result.settled;
        total.refused += result.refused;
      } catch (const pg::ServerError& error) {
        throw core::Error(
            core::Failure::kFailed,
            core::Problem{plan.place, plan.table + ": " + error.what(), error.Details()},
            "what was tried before is kept", "remove the cause, then run it again");
      }
    }
  }
  return total;
}

// False where something is refused again.
bool Retry(Program& program, pg::Connection& connection, const SetAside& own,
           const std::vector<fill::BackfillFile>& files) {
  const fill::BackfillFile& file = FileOf(files, own);
  backfill::RequireUnchanged(file, {*own.row});
  std::vector<backfill::FillPlan> plans;
  {
    pg::Transaction transaction(connection, {.rows_are_all_visible = true, .read_only = true});
    plans = backfill::PlanBackfill(connection, file);
  }
  const RetryResult result = RetryAll(program, connection, own, plans);
  std::string text = fmt::format("{} filled, {} gone or filled meanwhile, {} refused again",
                                 result.filled, result.settled, result.refused);
  pg::RecordEvent(connection, program.schema, program.actor, "rejects retried", own.label, text);
  text = fmt::format("{}: {}", own.label, text);
  if (result.refused == 0) {
    text += fmt::format("; `rung up` or `rung backfill {}` verifies it once more", own.label);
  }
  program.events.Emit(core::Notice{core::Notice::Level::kInfo, text});
  return result.refused == 0;
}

int RetryThem(Program& program, pg::Connection& connection,
              const std::vector<SetAside>& backfills) {
  const std::vector<fill::BackfillFile> files = ReadBackfills(program);
  bool is_clear = true;
  bool is_any = false;
  for (const SetAside& own : backfills) {
    if (std::all_of(own.rejects.begin(), own.rejects.end(),
                    [](const auto& rejects) { return rejects.empty(); })) {
      continue;
    }
    is_any = true;
    is_clear = Retry(program, connection, own, files) && is_clear;
  }
  if (!is_any) {
    program.events.Emit(core::Notice{core::Notice::Level::kInfo, "no row is set aside"});
  }
  return is_clear ? kExitDone : kExitUnfinished;
}

// "2 of item, 1 of part": the fills that have any.
std::string WhereSetAside(const std::vector<FillRow>& fills,
                          const std::map<int64_t, int64_t>& counts) {
  std::string text;
  for (const FillRow& fill : fills) {
    const auto count = counts.find(fill.id);
    if (count == counts.end()) continue;
    text += fmt::format("{}{} of {}", text.empty() ? "" : ", ", FormatCount(count->second),
                        TableOf(fill));
  }
  return text;
}

}  // namespace

std::string RowsAre(int64_t rows) {
  return fmt::format("{} {}", FormatCount(rows), rows == 1 ? "row is" : "rows are");
}

int64_t CountSetAside(const std::vector<FillRow>& fills, const std::map<int64_t, int64_t>& counts) {
  int64_t rows = 0;
  for (const FillRow& fill : fills) {
    const auto count = counts.find(fill.id);
    if (count != counts.end()) rows += count->second;
  }
  return rows;
}

core::Notice TellSetAside(const Program& program, pg::Connection& connection,
                          const fill::BackfillFile& file) {
  const auto fills = backfill::ReadFillRows(connection, program.schema, file.version);
  const auto rejects = backfill::CountRejects(connection, program.schema);
  return {core::Notice::Level::kWarning,
          fmt::format("{0}: not complete, {1} set aside ({2}): `rung rejects {0}` shows why; mend "
                      "that, then `rung rejects {0} --retry`, and run this again",
                      file.Label(), RowsAre(CountSetAside(fills, rejects)),
                      WhereSetAside(fills, rejects))};
}

int RunRejects(Program& program) {
  const auto& arguments = program.options.arguments;
  const pg::Target target = ResolveTarget(program);
  pg::Connection connection = Connect(program, target);
  const pg::CancelOnStop cancel(connection, program.stop, std::chrono::milliseconds(0));
  const auto rows = backfill::ReadBackfillRows(connection, program.schema);
  const std::vector<SetAside> backfills =
      ReadSetAside(connection, program.schema, rows, arguments.empty() ? "" : arguments.front());
  if (program.options.retry) {
    pg::RequireWritable(pg::ReadServerFacts(connection), target.description);
    return RetryThem(program, connection, backfills);
  }
  switch (program.options.format) {
    case Format::kTable:
      program.console.WriteResult(AsText(backfills));
      break;
    case Format::kJson:
      program.console.WriteResult(AsJson(backfills));
      break;
    case Format::kCsv:
      program.console.WriteResult(AsCsv(backfills));
      break;
  }
  return kExitDone;
}

}  // namespace rung::cli
