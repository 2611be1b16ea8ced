#include "reset/surroundings.h"

#include <fmt/format.h>

#include "pg/activity.h"

namespace rung::reset {
namespace {

constexpr const char* kTriggers = R"(
SELECT format('%I.%I: %I', n.nspname, c.relname, t.tgname)
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE t.tgtype & 32 <> 0 AND t.tgenabled <> 'D' AND NOT t.tgisinternal AND c.oid = ANY ($1::oid[])
ORDER BY 1)";

constexpr const char* kPublications = R"(
SELECT format('%I: %I.%I', p.pubname, p.schemaname, p.tablename)
FROM pg_publication_tables p
JOIN pg_namespace n ON n.nspname = p.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = p.tablename
WHERE c.oid = ANY ($1::oid[])
ORDER BY 1)";

constexpr const char* kSessions = R"(
SELECT coalesce(nullif(application_name, ''), 'no application name'), coalesce(usename, ''),
       coalesce(state, 'not to be seen'), count(*)
FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
  AND application_name NOT LIKE 'rung %' AND state IS DISTINCT FROM 'idle'
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3)";

constexpr const char* kHolders = R"(
SELECT DISTINCT a.pid, coalesce(a.application_name, ''), coalesce(a.usename, ''),
       coalesce(a.state, ''), coalesce(a.query, ''), coalesce(a.xact_start::timestamptz(0)::text, '')
FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  AND l.relation = ANY ($1::oid[])
ORDER BY 1)";

std::vector<std::string> Column(const pqxx::result& rows) {
  std::vector<std::string> texts;
  for (const auto& row : rows) texts.emplace_back(row[0].c_str());
  return texts;
}

}  // namespace

Surroundings ReadSurroundings(pg::Connection& connection,
                              const std::vector<std::string>& emptied_oids) {
  const pg::Params oids{pg::ArrayText(emptied_oids)};
  Surroundings found{
      Column(connection.Exec(kTriggers, oids)), Column(connection.Exec(kPublications, oids)), {}};
  for (const auto& row : connection.Exec(kSessions)) {
    found.sessions.push_back(fmt::format("{} of {} (user {}): {}", row[3].c_str(), row[0].c_str(),
                                         row[1].c_str(), row[2].c_str()));
  }
  return found;
}

std::vector<std::string> ReadLockHolders(pg::Connection& connection,
                                         const std::vector<std::string>& oids) {
  std::vector<std::string> holders;
  for (const auto& row : connection.Exec(kHolders, {pg::ArrayText(oids)})) {
    holders.push_back(pg::Describe(core::Blocker{.pid = row[0].as<int>(),
                                                 .application = row[1].c_str(),
                                                 .user = row[2].c_str(),
                                                 .state = row[3].c_str(),
                                                 .query = row[4].c_str(),
                                                 .since = row[5].c_str()}));
  }
  return holders;
}

}  // namespace rung::reset
