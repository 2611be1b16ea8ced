#include "reset/cascade.h"

#include <fmt/format.h>

#include <deque>
#include <map>
#include <set>

namespace rung::reset {
namespace {

constexpr const char* kPulls = R"(
WITH named AS (
  SELECT c.oid, format('%I.%I', n.nspname, c.relname) AS name
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
)
SELECT f.conrelid, a.name, f.confrelid, b.name, f.conname
FROM pg_constraint f JOIN named a ON a.oid = f.conrelid JOIN named b ON b.oid = f.confrelid
WHERE f.contype = 'f'
UNION ALL
SELECT i.inhrelid, a.name, i.inhparent, b.name, ''
FROM pg_inherits i JOIN named a ON a.oid = i.inhrelid JOIN named b ON b.oid = i.inhparent
ORDER BY 2, 4, 5)";

std::string Step(const Pull& pull) {
  if (pull.constraint.empty()) return fmt::format("is a part of {}", pull.by_name);
  return fmt::format("refers to {} ({})", pull.by_name, pull.constraint);
}

}  // namespace

std::vector<std::string> FindCascade(const std::vector<std::string>& emptied_oids,
                                     const std::vector<Pull>& pulls) {
  std::map<std::string, std::string> way;  // by table, what leads from it to one that is emptied
  std::set<std::string> reached(emptied_oids.begin(), emptied_oids.end());
  std::deque<std::string> open(emptied_oids.begin(), emptied_oids.end());
  std::vector<std::string> found;
  for (; !open.empty(); open.pop_front()) {
    for (const Pull& pull : pulls) {
      if (pull.by_oid != open.front() || !reached.insert(pull.oid).second) continue;
      const auto further = way.find(pull.by_oid);
      way[pull.oid] = Step(pull) + (further == way.end() ? "" : ", which " + further->second);
      found.push_back(pull.name + " " + way[pull.oid]);
      open.push_back(pull.oid);
    }
  }
  return found;
}

std::vector<Pull> ReadPulls(pg::Connection& connection) {
  std::vector<Pull> pulls;
  for (const auto& row : connection.Exec(kPulls)) {
    pulls.push_back(
        {row[0].c_str(), row[1].c_str(), row[2].c_str(), row[3].c_str(), row[4].c_str()});
  }
  return pulls;
}

}  // namespace rung::reset
