#include "backfill/readings.h"

namespace rung::backfill {
namespace {

using std::chrono::milliseconds;

// A role that is no member of pg_read_all_stats sees the other roles' sessions without their state.
// Of slots that nobody reads from the lag only ever grows: waiting would be for ever. A replica that
// has caught up has no lag. `rung` itself waits for locks only where it is blocked by itself.
constexpr const char* kRead = R"(
WITH session AS MATERIALIZED (
  SELECT pid, application_name, backend_xmin, xact_start, backend_type, datname,
         query = '<insufficient privilege>' AS is_hidden
  FROM pg_stat_activity WHERE pid <> pg_backend_pid()
), visible AS (
  SELECT NOT coalesce(bool_or(is_hidden), false) AS all_of_them FROM session
), own AS (
  SELECT array_agg(pid) AS pids FROM session
  WHERE application_name = current_setting('application_name')
), waiting AS MATERIALIZED (
  SELECT DISTINCT pid FROM pg_locks WHERE NOT granted
), vacuum AS (
  SELECT count(*) AS running, count(*) FILTER (WHERE relid IS NULL) AS hidden,
         coalesce(bool_or(relid = ANY ($1::oid[])), false) AS on_table
  FROM pg_stat_progress_vacuum
), dead AS (
  SELECT s.relid, format('%I.%I', s.schemaname, s.relname) AS name,
         100 * s.n_dead_tup / (s.n_live_tup + s.n_dead_tup) AS percent
  FROM pg_stat_all_tables s
  WHERE s.relid = ANY ($1::oid[]) AND s.n_dead_tup >= 10000
  ORDER BY percent DESC LIMIT 1
)
SELECT extract(epoch FROM localtime)::bigint,
       pg_current_wal_insert_lsn() - '0/0'::pg_lsn,
       (SELECT count(*) FROM waiting
        WHERE pid <> ALL (coalesce(own.pids, '{}')) AND pg_blocking_pids(pid) && own.pids),
       (SELECT CASE WHEN bool_or(state IS NULL) THEN NULL
                    ELSE coalesce(extract(epoch FROM max(replay_lag)) * 1000, 0) END::bigint
        FROM pg_stat_replication),
       (SELECT coalesce(max(pg_current_wal_insert_lsn() - coalesce(confirmed_flush_lsn, restart_lsn)), 0)
        FROM pg_replication_slots WHERE active),
       (SELECT CASE WHEN visible.all_of_them THEN
                 coalesce(extract(epoch FROM max(clock_timestamp() - xact_start)) * 1000, 0) END::bigint
        FROM session, visible
        WHERE backend_xmin IS NOT NULL AND backend_type <> 'autovacuum worker'
              AND (datname = current_database() OR backend_type = 'walsender')
        GROUP BY visible.all_of_them),
       visible.all_of_them,
       CASE WHEN vacuum.on_table THEN true WHEN vacuum.hidden = 0 THEN false END,
       coalesce(dead.percent, 0), coalesce(dead.name, ''),
       coalesce(pg_has_role(c.relowner, 'USAGE'), false)
FROM visible, own, vacuum LEFT JOIN dead ON true LEFT JOIN pg_class c ON c.oid = dead.relid)";

template <typename Value>
std::optional<Value> ValueOrNull(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return field.as<Value>();
}

std::optional<milliseconds> TimeOrNull(const pqxx::field& field) {
  if (field.is_null()) return std::nullopt;
  return milliseconds(field.as<int64_t>());
}

}  // namespace

Readings ReadServer(pg::Connection& connection, const std::string& tables) {
  const pqxx::row row = connection.Exec(kRead, {tables})[0];
  Readings readings;
  readings.time_of_day = std::chrono::seconds(row[0].as<int64_t>());
  readings.wal_position = row[1].as<int64_t>();
  readings.sessions_blocked = row[2].as<int64_t>();
  readings.replica_lag = TimeOrNull(row[3]);
  readings.slot_lag = ValueOrNull<int64_t>(row[4]);
  readings.snapshot_age = TimeOrNull(row[5]);
  // No snapshot at all is none that is old.
  if (!readings.snapshot_age && row[6].as<bool>()) readings.snapshot_age = milliseconds(0);
  readings.autovacuum_runs = ValueOrNull<bool>(row[7]);
  readings.dead_percent = row[8].as<int>();
  readings.dead_table = row[9].as<std::string>();
  readings.may_vacuum = row[10].as<bool>();
  return readings;
}

}  // namespace rung::backfill
