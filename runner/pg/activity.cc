#include "pg/activity.h"

#include <fmt/format.h>

namespace rung::pg {
namespace {

// A prepared transaction blocks as pid 0.
constexpr const char* kBlockers = R"(
SELECT b.pid, coalesce(a.application_name, ''), coalesce(a.usename, ''), coalesce(a.state, ''),
       coalesce(a.query, ''),
       coalesce(coalesce(a.xact_start, a.query_start)::timestamptz(0)::text, '')
FROM (SELECT DISTINCT unnest(pg_blocking_pids($1)) AS pid) b
LEFT JOIN pg_stat_activity a ON a.pid = b.pid
ORDER BY coalesce(a.xact_start, a.query_start), b.pid)";

constexpr const char* kAdvance = R"(
SELECT CASE command WHEN 'REINDEX' THEN 'rebuilding index: '
                    WHEN 'REINDEX CONCURRENTLY' THEN 'rebuilding index: '
                    ELSE '' END || phase,
       CASE WHEN lockers_total > 0 AND phase LIKE 'waiting%' THEN 'sessions'
            WHEN blocks_total > 0 THEN 'blocks' ELSE 'rows' END,
       CASE WHEN lockers_total > 0 AND phase LIKE 'waiting%' THEN lockers_done
            WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END,
       CASE WHEN lockers_total > 0 AND phase LIKE 'waiting%' THEN lockers_total
            WHEN blocks_total > 0 THEN blocks_total ELSE tuples_total END
FROM pg_stat_progress_create_index WHERE pid = $1
UNION ALL
SELECT 'vacuum of ' || coalesce(relid::regclass::text, '?') || ': ' || phase, 'blocks',
       CASE WHEN phase = 'vacuuming heap' THEN heap_blks_vacuumed ELSE heap_blks_scanned END,
       heap_blks_total
FROM pg_stat_progress_vacuum WHERE pid = $1
UNION ALL
SELECT lower(command) || ' of ' || coalesce(relid::regclass::text, '?') || ': ' || phase, 'blocks',
       heap_blks_scanned, heap_blks_total
FROM pg_stat_progress_cluster WHERE pid = $1
UNION ALL
SELECT 'analyze of ' || coalesce(relid::regclass::text, '?') || ': ' || phase, 'blocks',
       sample_blks_scanned, sample_blks_total
FROM pg_stat_progress_analyze WHERE pid = $1)";

// From version 14 on.
constexpr const char* kCopyAdvance = R"(
UNION ALL
SELECT 'copying', CASE WHEN bytes_total > 0 THEN 'bytes' ELSE 'rows' END,
       CASE WHEN bytes_total > 0 THEN bytes_processed ELSE tuples_processed END, bytes_total
FROM pg_stat_progress_copy WHERE pid = $1)";

// The server keeps the beginning of a statement only (track_activity_query_size).
constexpr const char* kSessions = R"(
SELECT pid, application_name FROM pg_stat_activity
WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()
  AND application_name LIKE 'rung %' AND query <> '' AND starts_with($1, query)
  AND (query = $1 OR octet_length(query) >= 99))";

std::string FirstLine(const std::string& text) {
  constexpr size_t kLongest = 120;
  const size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
  std::string line = text.substr(begin, text.find_first_of("\r\n", begin) - begin);
  if (line.size() > kLongest) {
    size_t end = kLongest;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0) == 0x80) --end;
    line = line.substr(0, end) + "…";
  }
  return line;
}

}  // namespace

std::vector<core::Blocker> ReadBlockers(Connection& connection, int pid) {
  std::vector<core::Blocker> blockers;
  for (const auto& row : connection.Exec(kBlockers, {std::to_string(pid)})) {
    blockers.push_back({row[0].as<int>(), row[1].as<std::string>(), row[2].as<std::string>(),
                        row[3].as<std::string>(), FirstLine(row[4].as<std::string>()),
                        row[5].as<std::string>()});
  }
  return blockers;
}

std::string Describe(const core::Blocker& blocker) {
  if (blocker.pid == 0) return "a prepared transaction, see pg_prepared_xacts";
  if (blocker.state.empty()) return fmt::format("pid {} (of another role)", blocker.pid);
  return fmt::format("pid {} ({}, user {}, {} since {}: {})", blocker.pid,
                     blocker.application.empty() ? "no application name" : blocker.application,
                     blocker.user, blocker.state, blocker.since.empty() ? "?" : blocker.since,
                     blocker.query);
}

std::optional<Advance> ReadAdvance(Connection& connection, int pid) {
  std::string sql = kAdvance;
  if (connection.server_version() >= 140000) sql += kCopyAdvance;
  const pqxx::result rows = connection.Exec(sql, {std::to_string(pid)});
  if (rows.empty()) return std::nullopt;
  return Advance{rows[0][0].as<std::string>(), rows[0][1].as<std::string>(),
                 rows[0][2].as<int64_t>(0), rows[0][3].as<int64_t>(0)};
}

std::optional<int> FindSession(Connection& connection, const std::string& application,
                               const std::string& statement) {
  std::optional<int> found;
  for (const auto& row : connection.Exec(kSessions, {statement})) {
    if (row[1].as<std::string>() != application) continue;
    if (found) return std::nullopt;
    found = row[0].as<int>();
  }
  return found;
}

std::optional<int> FindOrphan(Connection& connection, const std::string& statement) {
  const pqxx::result rows = connection.Exec(kSessions, {statement});
  return rows.empty() ? std::nullopt : std::optional(rows[0][0].as<int>());
}

}  // namespace rung::pg
