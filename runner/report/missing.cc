#include "report/missing.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "core/error.h"
#include "fill/relation.h"
#include "fill/unique_source.h"
#include "pg/transaction.h"
#include "report/label.h"
#include "report/report_sql.h"

namespace rung::report {
namespace {

constexpr pg::TransactionSettings kReadTransaction{
    .lock_timeout = std::chrono::seconds(10), .rows_are_all_visible = true, .read_only = true};

constexpr const char* kState = "a report changes nothing";

constexpr const char* kCannotCompare = "42883";  // undefined_function: a type without equality

FillCounts CountRows(pg::Connection& connection, const fill::Fill& fill, bool grouped,
                     const std::string& is_set_aside) {
  pg::Transaction transaction(connection, kReadTransaction);
  fill::ResolveFill(connection, fill);
  fill::RequireUniqueSource(connection, fill);
  const int64_t set_aside =
      is_set_aside.empty()
          ? 0
          : transaction.Exec(CountSetAsideQuery(fill, is_set_aside))[0][0].as<int64_t>();
  const pqxx::result result = transaction.Exec(CountQuery(fill, grouped, is_set_aside));
  const pqxx::row row = result[0];
  std::vector<std::string> columns;
  for (const fill::Assignment& assignment : fill.set) columns.push_back(assignment.column);
  return {.table = fill.table,
          .columns = fmt::format("{}", fmt::join(columns, ", ")),
          .rows = row[0].as<int64_t>() + set_aside,
          .filled = row[1].as<int64_t>(),
          .fillable = row[2].as<int64_t>(),
          .no_parent_key = row[3].as<int64_t>(),
          .no_parent = row[4].as<int64_t>(),
          .no_value = row[5].as<int64_t>(),
          .mismatches = row[6].as<int64_t>(),
          .set_aside = set_aside};
}

FillCounts ReadCounts(pg::Connection& connection, const fill::Fill& fill,
                      const std::string& is_set_aside) {
  try {
    return CountRows(connection, fill, true, is_set_aside);
  } catch (const pg::ServerError& error) {
    if (error.sqlstate != kCannotCompare) throw;
    return CountRows(connection, fill, false, is_set_aside);
  }
}

using BlockerKey = std::tuple<std::string, std::string, std::string>;  // table, key, reason

void AddBlockers(pg::Connection& connection, const fill::BackfillFile& file, const fill::Fill& fill,
                 const std::string& is_set_aside, std::map<BlockerKey, Blocker>& blockers) {
  const LabelOf label_of = [&](const std::string& table) {
    return FindLabelColumn(connection, table);
  };
  pg::Transaction transaction(connection, kReadTransaction);
  for (const auto& row : transaction.Exec(BlockerQuery(file, fill, label_of, is_set_aside))) {
    const std::string reason = row[3].as<std::string>();
    Blocker& blocker = blockers[{row[0].as<std::string>(), row[1].as<std::string>(), reason}];
    blocker.table = row[0].as<std::string>();
    blocker.key = row[1].as<std::string>();
    blocker.name = row[2].as<std::string>();
    blocker.reason = reason == "no value" ? Reason::kNoValue : Reason::kNoParent;
    blocker.rows += row[4].as<int64_t>();
    ++blocker.tables;
  }
}

}  // namespace

FillCounts BackfillReport::Total() const {
  FillCounts total;
  total.table = "total";
  for (const FillCounts& fill : fills) {
    total.rows += fill.rows;
    total.filled += fill.filled;
    total.fillable += fill.fillable;
    total.no_parent_key += fill.no_parent_key;
    total.no_parent += fill.no_parent;
    total.no_value += fill.no_value;
    total.mismatches += fill.mismatches;
    total.set_aside += fill.set_aside;
  }
  return total;
}

BackfillReport ReadReport(pg::Connection& connection, const fill::BackfillFile& file,
                          const SetAside& set_aside) {
  BackfillReport report;
  report.backfill = file.Label();
  std::map<BlockerKey, Blocker> blockers;
  for (size_t position = 0; position < file.fills.size(); ++position) {
    const fill::Fill& fill = file.fills[position];
    if (fill.once) continue;
    const auto own = set_aside.find(position);
    const std::string is_set_aside = own == set_aside.end() ? "" : own->second;
    try {
      report.fills.push_back(ReadCounts(connection, fill, is_set_aside));
      const FillCounts& counts = report.fills.back();
      if (fill.from && counts.no_parent + counts.no_value > 0) {
        AddBlockers(connection, file, fill, is_set_aside, blockers);
      }
    } catch (const pg::ServerError& error) {
      throw core::Error(
          core::Failure::kFailed,
          core::Problem{fill.place, fmt::format("{}: {}", fill.table, error.what()), {}}, kState,
          fill::NextAfterRefusal(error, "correct the cause and run it again"));
    } catch (const core::Error& error) {  // the fill is not one of this server
      throw core::Error(error.failure(), error.problems(), kState, error.next());
    }
  }
  for (auto& [key, blocker] : blockers) report.blockers.push_back(std::move(blocker));
  std::stable_sort(report.blockers.begin(), report.blockers.end(),
                   [](const Blocker& a, const Blocker& b) { return a.rows > b.rows; });
  return report;
}

}  // namespace rung::report
