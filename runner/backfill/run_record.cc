#include "backfill/run_record.h"

#include <nlohmann/json.hpp>

namespace rung::backfill {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

constexpr pg::OwnStep kSteps[] = {{"run", 1, R"(
CREATE TABLE {rung}.run (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  version         text NOT NULL,
  command         text NOT NULL,
  host            text NOT NULL,
  pid             integer NOT NULL,
  started_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  seen_at         timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at        timestamptz,
  outcome         text NOT NULL DEFAULT '',
  jobs            integer NOT NULL DEFAULT 0,
  rows            bigint NOT NULL DEFAULT 0,
  batches         bigint NOT NULL DEFAULT 0,
  retries         bigint NOT NULL DEFAULT 0,
  rows_per_second double precision NOT NULL DEFAULT 0,
  batch_target_ms integer NOT NULL DEFAULT 0,
  held_by         text NOT NULL DEFAULT '',
  held_since      timestamptz,
  signals         jsonb NOT NULL DEFAULT '[]',
  held_ms         jsonb NOT NULL DEFAULT '{}'
) WITH (fillfactor = 50))"}};

constexpr std::string_view kForget = R"(
DELETE FROM {rung}.run WHERE version = $1 AND id <= (
  SELECT id FROM {rung}.run WHERE version = $1 ORDER BY id DESC OFFSET 99 LIMIT 1))";

constexpr std::string_view kBegin = R"(
INSERT INTO {rung}.run (version, command, host, pid) VALUES ($1, $2, $3, $4) RETURNING id)";

constexpr std::string_view kSave = R"(
UPDATE {rung}.run
SET seen_at = clock_timestamp(), jobs = $2, rows = $3, batches = $4, retries = $5,
    rows_per_second = $6, batch_target_ms = $7,
    held_since = CASE WHEN $8 = '' THEN NULL WHEN held_by = $8 THEN held_since
                      ELSE clock_timestamp() END,
    held_by = $8, signals = $9::jsonb, held_ms = $10::jsonb
WHERE id = $1)";

constexpr std::string_view kEnd = R"(
UPDATE {rung}.run SET ended_at = clock_timestamp(), outcome = $2, held_by = '', held_since = NULL
WHERE id = $1)";

constexpr std::string_view kRead = R"(
SELECT id, command, host, pid, started_at::timestamptz(0)::text, outcome,
       extract(epoch FROM clock_timestamp() - seen_at),
       coalesce(extract(epoch FROM clock_timestamp() - held_since), 0),
       jobs, rows, batches, retries, rows_per_second, batch_target_ms, held_by, signals, held_ms
FROM {rung}.run
WHERE version = $1
  AND (NOT $2::boolean OR ended_at IS NULL AND seen_at > clock_timestamp() - interval '10 s')
ORDER BY id DESC)";

std::string SignalsAsJson(const std::vector<Signal>& signals) {
  Json array = Json::array();
  for (const Signal& signal : signals) {
    array.push_back({{"name", signal.name},
                     {"value", signal.value},
                     {"limit", signal.limit},
                     {"over", signal.is_over}});
  }
  return array.dump();
}

std::vector<Signal> SignalsFromJson(const std::string& text) {
  std::vector<Signal> signals;
  for (const Json& signal : Json::parse(text)) {
    signals.push_back({signal.value("name", ""), signal.value("value", ""),
                       signal.value("limit", ""), signal.value("over", false)});
  }
  return signals;
}

std::string HeldAsJson(const RunState& state) {
  Json object = Json::object();
  for (const auto& [signal, time] : state.held) object[signal] = time.count();
  return object.dump();
}

RunState StateOf(const pqxx::row& row) {
  RunState state;
  state.jobs = row[8].as<int>();
  state.rows = row[9].as<int64_t>();
  state.batches = row[10].as<int64_t>();
  state.retries = row[11].as<int64_t>();
  state.rows_per_second = row[12].as<double>();
  state.batch_target = milliseconds(row[13].as<int64_t>());
  state.held_by = row[14].as<std::string>();
  state.signals = SignalsFromJson(row[15].as<std::string>());
  const Json held = Json::parse(row[16].as<std::string>());
  for (const auto& [signal, time] : held.items())
    state.held[signal] = milliseconds(time.get<int64_t>());
  return state;
}

}  // namespace

std::span<const pg::OwnStep> RunSteps() { return kSteps; }

int64_t BeginRun(pg::Connection& connection, const pg::OwnSchema& schema,
                 const core::Version& version, const core::Actor& actor,
                 const std::string& command) {
  connection.Exec(schema.In(kForget), {version.text()});
  return connection
      .Exec(schema.In(kBegin),
            {version.text(), command, actor.host, std::to_string(actor.pid)})[0][0]
      .as<int64_t>();
}

void SaveRun(pg::Connection& connection, const pg::OwnSchema& schema, int64_t id,
             const RunState& state) {
  connection.Exec(
      schema.In(kSave),
      {std::to_string(id), std::to_string(state.jobs), std::to_string(state.rows),
       std::to_string(state.batches), std::to_string(state.retries),
       std::to_string(state.rows_per_second), std::to_string(state.batch_target.count()),
       state.held_by, SignalsAsJson(state.signals), HeldAsJson(state)});
}

void EndRun(pg::Connection& connection, const pg::OwnSchema& schema, int64_t id,
            const RunState& state, const std::string& outcome) {
  SaveRun(connection, schema, id, state);
  connection.Exec(schema.In(kEnd), {std::to_string(id), outcome});
}

std::vector<RunRow> ReadRuns(pg::Connection& connection, const pg::OwnSchema& schema,
                             const core::Version& version, Which which) {
  std::vector<RunRow> runs;
  if (!pg::HasTable(connection, schema, "run")) return runs;
  for (const auto& row : connection.Exec(
           schema.In(kRead), {version.text(), which == Which::kAlive ? "true" : "false"})) {
    runs.push_back({.id = row[0].as<int64_t>(),
                    .command = row[1].as<std::string>(),
                    .host = row[2].as<std::string>(),
                    .pid = row[3].as<int>(),
                    .started_at = row[4].as<std::string>(),
                    .outcome = row[5].as<std::string>(),
                    .seconds_since_seen = row[6].as<double>(),
                    .seconds_held = row[7].as<double>(),
                    .state = StateOf(row)});
  }
  return runs;
}

}  // namespace rung::backfill
