#include "backfill/batch_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "backfill/batch_plan.h"
#include "backfill/geometry.h"
#include "backfill/source_index.h"
#include "core/error.h"

namespace rung::backfill {
namespace {

// The sizes of tables, quoted and with schema; they are there.
constexpr const char* kBytes = R"(
SELECT name, pg_relation_size(to_regclass(name)), to_regclass(name)::text,
       pg_size_pretty(pg_relation_size(to_regclass(name)))
FROM unnest($1::text[]) WITH ORDINALITY AS whole(name, position)
WHERE pg_relation_size(to_regclass(name)) > $2 ORDER BY position)";

// What has begun in it, settings as well, is undone; an error in it leaves the transaction usable.
class Attempt {
 public:
  explicit Attempt(pg::Connection& connection) : connection_(connection) {
    connection_.Exec("SAVEPOINT attempt");
  }
  ~Attempt() {
    try {
      connection_.Exec("ROLLBACK TO SAVEPOINT attempt; RELEASE SAVEPOINT attempt");
    } catch (const std::exception&) {
      // The connection is gone, and whoever uses it next will say so.
    }
  }
  Attempt(const Attempt&) = delete;
  Attempt& operator=(const Attempt&) = delete;

 private:
  pg::Connection& connection_;
};

// A big table that a batch would read whole.
struct BigTable {
  std::string name;  // as people write it
  std::string size;
};

class Checker {
 public:
  Checker(pg::Connection& connection, const fill::Fill& fill, FillPlan& plan)
      : connection_(connection), fill_(fill), plan_(plan) {}

  void Check() {
    const auto chunk = FirstChunk();
    if (!chunk) return;
    chunk_ = *chunk;
    if (IsGood(plan_.before_update)) return;
    std::string settings = plan_.before_update;
    if (settings.find(kWithoutScans) == std::string::npos) {
      settings += kWithoutScans;
      if (TakeIfGood(settings)) return;
    }
    settings += kRowByRow;
    if (TakeIfGood(settings)) return;
    Refuse();
  }

 private:
  // The parameters of FillPlan::update for the first slice; nullopt for an empty table.
  std::optional<pg::Params> FirstChunk() {
    const fill::Relation& relation = plan_.relation;
    const int64_t batch_rows = BatchSizer().batch_rows();
    const TableSize size{relation.pages, relation.rows_estimate};
    const int width = plan_.is_scattered ? kHashSpace : ChooseSliceWidth(size);
    const std::string mask = std::to_string(kHashSpace - width);
    if (plan_.sweep == Sweep::kPage) {
      if (relation.pages == 0) return std::nullopt;
      const int64_t pages = std::min(relation.pages, ChooseChunkPages(size, width, batch_rows));
      return pg::Params{"(0,0)", fmt::format("({},0)", pages), mask, "0"};
    }
    RequireOrder();
    const pqxx::result upper = connection_.Exec(plan_.upper_key);
    if (upper.empty()) return std::nullopt;
    const std::string upper_key = upper[0][0].as<std::string>();
    const pqxx::result next = connection_.Exec(
        plan_.next_key, {std::nullopt, upper_key, std::to_string(batch_rows * kHashSpace / width)});
    if (next.empty()) return std::nullopt;
    return pg::Params{std::nullopt, next[0][0].as<std::string>(), mask, "0"};
  }

  // Chunks are cut in the key's order, so something has to keep it.
  void RequireOrder() {
    if (IsSmall()) return;
    if (!SortsRows(Explain(plan_.upper_key, {}, "FORMAT JSON"))) return;
    throw Refused(
        fmt::format("{}: to cut a chunk in the order of its key ({}) the whole table would be "
                    "read and sorted each time",
                    plan_.table, KeyText(plan_)),
        ExplainLines(plan_.upper_key, {}),
        plan_.relation.kind == fill::Kind::kForeign
            ? "name another `key`, of types and collations that the other server sorts alike"
            : fmt::format("CREATE UNIQUE INDEX CONCURRENTLY ON {} ({}), or name another `key`",
                          plan_.relation.name, KeyText(plan_)));
  }

  bool TakeIfGood(const std::string& settings) {
    const bool is_good = IsGood(settings);
    if (is_good) plan_.before_update = settings;
    return is_good;
  }

  bool IsGood(const std::string& settings) {
    const Attempt attempt(connection_);
    if (!settings.empty()) connection_.Exec(settings);
    const Reading reading =
        ReadPlan(Explain(plan_.update, chunk_, "VERBOSE, FORMAT JSON"), plan_.sweep);
    scans_target_ = reading.scans_target && !IsSmall();
    read_whole_ = BigTables(reading.read_whole);
    return !scans_target_ && read_whole_.empty();
  }

  bool IsSmall() const {
    return plan_.relation.kind != fill::Kind::kForeign && plan_.relation.bytes <= fill::kSmallTable;
  }

  // A table that is read once is read once in any case.
  std::vector<BigTable> BigTables(const std::vector<std::string>& names) {
    std::vector<BigTable> tables;
    const bool is_one_batch =
        plan_.relation.kind != fill::Kind::kForeign &&
        plan_.relation.rows_estimate <= static_cast<double>(BatchSizer().batch_rows());
    if (names.empty() || is_one_batch) return tables;
    for (const auto& row :
         connection_.Exec(kBytes, {pg::ArrayText(names), std::to_string(fill::kSmallTable)})) {
      tables.push_back({row[2].as<std::string>(), row[3].as<std::string>()});
    }
    return tables;
  }

  // Of the plan as it is without being told anything: that is the one people can ask for.
  [[noreturn]] void Refuse() {
    if (scans_target_) {
      throw Refused(fmt::format("{}: each batch would read the whole table ({}) instead of its "
                                "own range",
                                plan_.table, PrettySize(plan_.relation.bytes)),
                    ExplainLines(plan_.update, chunk_), NextForTarget());
    }
    std::vector<std::string> tables;
    for (const BigTable& table : read_whole_) {
      tables.push_back(fmt::format("{} ({})", table.name, table.size));
    }
    throw Refused(fmt::format("{}: each batch would read the whole of {}, for no index serves the "
                              "fill",
                              plan_.table, fmt::join(tables, ", ")),
                  ExplainLines(plan_.update, chunk_),
                  NextForSource(connection_, fill_, read_whole_.front().name));
  }

  std::string NextForTarget() {
    if (plan_.sweep == Sweep::kPage) {
      return "let the planner read ranges of pages: SET enable_tidscan = on for this role and "
             "database";
    }
    return fmt::format(
        "let the planner use the index of ({}): see enable_indexscan and "
        "enable_bitmapscan of this role and database",
        KeyText(plan_));
  }

  std::string PrettySize(int64_t bytes) {
    return connection_.Exec("SELECT pg_size_pretty($1::bigint)", {std::to_string(bytes)})[0][0]
        .as<std::string>();
  }

  std::string Explain(const std::string& statement, const pg::Params& params, const char* options) {
    std::string text;
    for (const auto& row :
         connection_.Exec(fmt::format("EXPLAIN ({}) {}", options, statement), params)) {
      text += row[0].as<std::string>() + "\n";
    }
    return text;
  }

  // As people read it; costs are not the point.
  std::vector<std::string> ExplainLines(const std::string& statement, const pg::Params& params) {
    std::vector<std::string> lines;
    for (const auto& row : connection_.Exec("EXPLAIN (COSTS OFF) " + statement, params)) {
      lines.push_back(row[0].as<std::string>());
    }
    return lines;
  }

  core::Error Refused(std::string what, std::vector<std::string> lines, std::string next) const {
    return core::Error(core::Failure::kFailed,
                       core::Problem{plan_.place, std::move(what), std::move(lines)},
                       "nothing of this backfill was run", std::move(next));
  }

  pg::Connection& connection_;
  const fill::Fill& fill_;
  FillPlan& plan_;
  pg::Params chunk_;
  bool scans_target_ = false;         // of the last attempt
  std::vector<BigTable> read_whole_;  // of the last attempt
};

}  // namespace

void CheckBatch(pg::Connection& connection, const fill::Fill& fill, FillPlan& plan) {
  Checker(connection, fill, plan).Check();
}

}  // namespace rung::backfill
