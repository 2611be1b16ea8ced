#include "cli/event_text.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "pg/activity.h"

namespace rung::cli {
namespace {

using core::Notice;
using Json = nlohmann::ordered_json;

template <typename... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <typename... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

const char* NameOf(Notice::Level level) {
  switch (level) {
    case Notice::Level::kDetail:
      return "detail";
    case Notice::Level::kInfo:
      return "info";
    case Notice::Level::kWarning:
      return "warning";
  }
  return "";
}

// "1 row", "1,500 rows"
std::string Rows(int64_t rows) {
  return fmt::format("{} row{}", FormatCount(rows), rows == 1 ? "" : "s");
}

}  // namespace

std::string FormatDuration(std::chrono::milliseconds duration) {
  const auto ms = duration.count();
  if (ms < 1000) return fmt::format("{} ms", ms);
  if (ms < 60'000)
    return fmt::format("{:.{}f} s", static_cast<double>(ms) / 1000, ms < 10'000 ? 1 : 0);
  const auto seconds = ms / 1000;
  if (seconds < 3600) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  return fmt::format("{} h {} min", seconds / 3600, seconds / 60 % 60);
}

std::string FormatCount(int64_t count) {
  std::string digits = std::to_string(count);
  const size_t first = count < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > first + 3;) digits.insert(at -= 3, ",");
  return digits;
}

std::string FormatBytes(int64_t bytes) {
  constexpr const char* kUnits[] = {"bytes", "kB", "MB", "GB", "TB"};
  auto value = static_cast<double>(bytes);
  size_t unit = 0;
  // What would be rounded up to 1024 is 1.0 of the next unit.
  for (; value >= 1023.5 && unit < 4; ++unit) value /= 1024;
  const int digits = value < 9.95 && unit > 0 ? 1 : 0;
  return fmt::format("{:.{}f} {}", value, digits, kUnits[unit]);
}

Notice::Level LevelOf(const core::Event& event) {
  return std::visit(Overloaded{[](const Notice& notice) { return notice.level; },
                               [](const core::BatchCommitted&) { return Notice::Level::kDetail; },
                               [](const core::FillStarted&) { return Notice::Level::kDetail; },
                               [](const core::BatchRetried&) { return Notice::Level::kDetail; },
                               [](const core::MigrationStarted& e) {
                                 return e.one_transaction ? Notice::Level::kDetail
                                                          : Notice::Level::kInfo;
                               },
                               [](const auto&) { return Notice::Level::kInfo; }},
                    event);
}

std::string TextOf(const core::Event& event) {
  return std::visit(
      Overloaded{
          [](const Notice& e) {
            return (e.level == Notice::Level::kWarning ? "warning: " : "") + e.text;
          },
          [](const core::MigrationStarted& e) {
            if (e.one_transaction) return fmt::format("{}: applying in one transaction", e.file);
            if (e.resumes_at > 0) {
              return fmt::format("{}: going on at statement {} of {}", e.file, e.resumes_at + 1,
                                 e.statements);
            }
            return e.statements == 1
                       ? fmt::format("{}: applying 1 statement by itself", e.file)
                       : fmt::format("{}: applying {} statements one by one", e.file, e.statements);
          },
          [](const core::StatementStarted& e) {
            return fmt::format("{}: {}/{} {}", e.file, e.number, e.statements, e.head);
          },
          [](const core::StatementRunning& e) {
            std::string text = fmt::format("{}: {}/{} running for {}", e.file, e.number,
                                           e.statements, FormatDuration(e.elapsed));
            if (!e.phase.empty()) text += ", " + e.phase;
            if (e.total > 0) {
              const double share = static_cast<double>(e.done) / static_cast<double>(e.total);
              text += fmt::format(" {:.0f}% ({} of {} {})", std::floor(share * 100),
                                  FormatCount(e.done), FormatCount(e.total), e.unit);
            } else if (e.done > 0) {
              text += fmt::format(" ({} {})", FormatCount(e.done), e.unit);
            }
            return text + ": " + e.head;
          },
          [](const core::StatementBlocked& e) {
            std::string text = fmt::format("{}: {}/{} waits for ", e.file, e.number, e.statements);
            for (const core::Blocker& blocker : e.blockers) {
              if (&blocker != &e.blockers.front()) text += ", ";
              text += pg::Describe(blocker);
            }
            return text + ": " + e.head;
          },
          [](const core::MigrationApplied& e) {
            return fmt::format("{}: applied, {} statement{} in {}", e.file, e.statements,
                               e.statements == 1 ? "" : "s", FormatDuration(e.took));
          },
          [](const core::BackfillStarted& e) {
            return fmt::format("{}: {} of {} tables to fill, {} worker{}", e.backfill,
                               e.fills - e.fills_complete, e.fills, e.jobs, e.jobs == 1 ? "" : "s");
          },
          [](const core::FillStarted& e) {
            return fmt::format("{}: {} {}, about {} rows", e.table, e.sweep,
                               e.pass == 1 ? "begins" : fmt::format("pass {}", e.pass),
                               FormatCount(e.rows_estimate));
          },
          [](const core::BatchCommitted& e) {
            return fmt::format("{}: {} in {}", e.table, Rows(e.rows), FormatDuration(e.took));
          },
          [](const core::BatchRetried& e) {
            return fmt::format("{}: {}; trying again", e.table.empty() ? "backfill" : e.table,
                               e.reason);
          },
          [](const core::BackfillHeld& e) {
            return fmt::format("{}: holding: {}", e.backfill, e.reason);
          },
          [](const core::BackfillReleased& e) {
            return fmt::format("{}: going on, held for {}", e.backfill, FormatDuration(e.held));
          },
          [](const core::RowSetAside& e) {
            return fmt::format("{}: row {} is set aside: {}", e.table, e.key, e.reason);
          },
          [](const core::FillVerified& e) {
            if (e.rows_fillable == 0 && e.rows_set_aside > 0) {
              return fmt::format("{}: {} filled, {} set aside", e.table, Rows(e.rows_filled),
                                 FormatCount(e.rows_set_aside));
            }
            if (e.rows_fillable == 0) {
              return fmt::format("{}: complete, {} filled", e.table, Rows(e.rows_filled));
            }
            return fmt::format("{}: {} more to fill, pass {} begins", e.table,
                               Rows(e.rows_fillable), e.pass + 1);
          },
          [](const core::BackfillCompleted& e) {
            return fmt::format("{}: complete and verified, {} filled, this run took {}", e.backfill,
                               Rows(e.rows_filled), FormatDuration(e.took));
          }},
      event);
}

nlohmann::ordered_json ErrorJson(const core::Error& error) {
  Json problems = Json::array();
  for (const core::Problem& problem : error.problems()) {
    problems.push_back(
        {{"where", problem.where}, {"what", problem.what}, {"excerpt", problem.excerpt}});
  }
  return Json{{"time", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)))},
              {"event", "error"},
              {"problems", problems},
              {"state", error.state()},
              {"next", error.next()}};
}

nlohmann::ordered_json JsonOf(const core::Event& event) {
  return std::visit(
      Overloaded{
          [](const Notice& e) {
            return Json{{"event", "notice"}, {"level", NameOf(e.level)}, {"text", e.text}};
          },
          [](const core::MigrationStarted& e) {
            return Json{{"event", "migration_started"},
                        {"migration", e.file},
                        {"statements", e.statements},
                        {"resumes_at", e.resumes_at},
                        {"one_transaction", e.one_transaction}};
          },
          [](const core::StatementStarted& e) {
            return Json{{"event", "statement_started"},
                        {"migration", e.file},
                        {"number", e.number},
                        {"statements", e.statements},
                        {"head", e.head}};
          },
          [](const core::StatementRunning& e) {
            return Json{{"event", "statement_running"},
                        {"migration", e.file},
                        {"number", e.number},
                        {"statements", e.statements},
                        {"head", e.head},
                        {"ms", e.elapsed.count()},
                        {"phase", e.phase},
                        {"done", e.done},
                        {"total", e.total},
                        {"unit", e.unit}};
          },
          [](const core::StatementBlocked& e) {
            Json blockers = Json::array();
            for (const core::Blocker& blocker : e.blockers) {
              blockers.push_back({{"pid", blocker.pid},
                                  {"application", blocker.application},
                                  {"user", blocker.user},
                                  {"state", blocker.state},
                                  {"query", blocker.query},
                                  {"since", blocker.since}});
            }
            return Json{
                {"event", "statement_blocked"}, {"migration", e.file}, {"number", e.number},
                {"statements", e.statements},   {"head", e.head},      {"ms", e.elapsed.count()},
                {"blockers", blockers}};
          },
          [](const core::MigrationApplied& e) {
            return Json{{"event", "migration_applied"},
                        {"migration", e.file},
                        {"statements", e.statements},
                        {"ms", e.took.count()}};
          },
          [](const core::BackfillStarted& e) {
            return Json{{"event", "backfill_started"},
                        {"backfill", e.backfill},
                        {"fills", e.fills},
                        {"fills_complete", e.fills_complete},
                        {"jobs", e.jobs}};
          },
          [](const core::FillStarted& e) {
            return Json{{"event", "fill_started"},
                        {"table", e.table},
                        {"sweep", e.sweep},
                        {"pass", e.pass},
                        {"rows_estimate", e.rows_estimate}};
          },
          [](const core::BatchCommitted& e) {
            return Json{{"event", "batch_committed"},
                        {"table", e.table},
                        {"rows", e.rows},
                        {"ms", e.took.count()}};
          },
          [](const core::BatchRetried& e) {
            return Json{{"event", "batch_retried"}, {"table", e.table}, {"reason", e.reason}};
          },
          [](const core::BackfillHeld& e) {
            return Json{{"event", "backfill_held"},
                        {"backfill", e.backfill},
                        {"signal", e.signal},
                        {"reason", e.reason}};
          },
          [](const core::BackfillReleased& e) {
            return Json{{"event", "backfill_released"},
                        {"backfill", e.backfill},
                        {"signal", e.signal},
                        {"ms", e.held.count()}};
          },
          [](const core::RowSetAside& e) {
            return Json{{"event", "row_set_aside"},
                        {"table", e.table},
                        {"key", e.key},
                        {"reason", e.reason}};
          },
          [](const core::FillVerified& e) {
            return Json{{"event", "fill_verified"},
                        {"table", e.table},
                        {"pass", e.pass},
                        {"rows_filled", e.rows_filled},
                        {"rows_fillable", e.rows_fillable},
                        {"rows_set_aside", e.rows_set_aside}};
          },
          [](const core::BackfillCompleted& e) {
            return Json{{"event", "backfill_completed"},
                        {"backfill", e.backfill},
                        {"rows_filled", e.rows_filled},
                        {"ms", e.took.count()}};
          }},
      event);
}

}  // namespace rung::cli
