#include "fill/danger.h"

#include <fmt/format.h>

#include <optional>

#include "fill/fill_sql.h"

namespace rung::fill {
namespace {

// Those that an UPDATE of the columns $2 fires; a trigger is on each leaf of a partitioned table, and
// one line for all of them. Of the trigger and its function, does either look at the variable $3?
// Source: the bits of tgtype are those of pg_trigger.h.
constexpr const char* kTriggers = R"(
SELECT t.tgname, CASE WHEN t.tgtype & 2 <> 0 THEN 'BEFORE' ELSE 'AFTER' END,
       CASE WHEN array_length(t.tgattr::int2[], 1) > 0 THEN 'UPDATE OF' ELSE 'UPDATE' END,
       CASE WHEN t.tgtype & 1 <> 0 THEN 'each row' ELSE 'each batch' END,
       bool_and(position($3 IN pg_get_triggerdef(t.oid)) > 0 OR position($3 IN p.prosrc) > 0)
FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
WHERE t.tgrelid = ANY ($1::oid[]) AND NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
  AND t.tgtype & 16 <> 0
  AND (coalesce(array_length(t.tgattr::int2[], 1), 0) = 0
       OR EXISTS (SELECT FROM pg_attribute a
                  WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)
                    AND a.attname = ANY ($2::text[])))
GROUP BY 1, 2, 3, 4 ORDER BY 2 DESC, 4 DESC, 1)";

// A publication may hold a partitioned table in place of its leaves.
constexpr const char* kPublications = R"(
WITH published AS (
  SELECT unnest($1::oid[]) AS oid
  UNION SELECT a.relid FROM unnest($1::oid[]) AS own(oid), pg_partition_ancestors(own.oid) AS a
)
SELECT DISTINCT p.pubname
FROM published JOIN pg_class c ON c.oid = published.oid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_publication_tables pt ON pt.schemaname = n.nspname AND pt.tablename = c.relname
JOIN pg_publication p ON p.pubname = pt.pubname
WHERE p.pubupdate ORDER BY 1)";

constexpr const char* kForeignKeys = R"(
SELECT DISTINCT k.conname, k.confrelid::regclass::text
FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attname = ANY ($2::text[])
WHERE k.conrelid = ANY ($1::oid[]) AND k.contype = 'f' AND a.attnum = ANY (k.conkey)
ORDER BY 1)";

constexpr const char* kNeverAnalyzed = R"(
SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE (c.oid = ANY ($1::oid[]) OR c.oid = to_regclass($2)) AND c.relkind IN ('r', 'm')
  AND pg_relation_size(c.oid) > $3
  AND NOT EXISTS (SELECT FROM pg_stats s WHERE s.schemaname = n.nspname AND s.tablename = c.relname)
ORDER BY c.oid = ANY ($1::oid[]) DESC, 1)";

constexpr const char* kSlots = R"(
SELECT slot_name, active FROM pg_replication_slots
WHERE slot_type = 'logical' AND database = current_database() ORDER BY 1)";

// Only this database's sessions hold back what may be pruned from its tables; slots and standbys
// hold back everybody's.
constexpr const char* kOldSnapshots = R"(
SELECT format('session %s (%s, %s) has a transaction open since %s', pid,
              coalesce(nullif(application_name, ''), usename), coalesce(state, 'state not shown'),
              xact_start::timestamptz(0))
FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
  AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
  AND xact_start < clock_timestamp() - interval '5 s'
UNION ALL
SELECT format('transaction %L was prepared at %s and is still open', gid, prepared::timestamptz(0))
FROM pg_prepared_xacts WHERE database = current_database()
UNION ALL
SELECT format('replication slot %s holds a snapshot that is %s transactions old', slot_name, age(xmin))
FROM pg_replication_slots WHERE xmin IS NOT NULL AND age(xmin) > 1000
ORDER BY 1)";

std::string OidsOf(const std::vector<Relation>& relations) {
  std::vector<std::string> oids;
  for (const Relation& relation : relations) oids.push_back(relation.oid);
  return fmt::format("{{{}}}", fmt::join(oids, ","));
}

void AddTriggers(pg::Connection& connection, const Fill& fill, const std::string& oids,
                 const std::string& targets, std::vector<Danger>& dangers) {
  for (const auto& row : connection.Exec(kTriggers, {oids, targets, kGuardVariable})) {
    if (fill.guards_triggers && row[4].as<bool>()) continue;
    dangers.push_back(
        {"trigger", fmt::format("trigger {} fires{}: {} {}, {}", row[0].as<std::string>(),
                                fill.guards_triggers
                                    ? fmt::format(", for it does not look at {}", kGuardVariable)
                                    : "",
                                row[1].as<std::string>(), row[2].as<std::string>(),
                                row[3].as<std::string>())});
  }
}

void AddStatistics(pg::Connection& connection, const Fill& fill, const std::string& oids,
                   std::vector<Danger>& dangers) {
  const std::optional<std::string> source =
      fill.from ? std::optional(fill.from->text) : std::nullopt;
  for (const auto& row :
       connection.Exec(kNeverAnalyzed, {oids, source, std::to_string(kSmallTable)})) {
    const std::string table = row[0].as<std::string>();
    dangers.push_back(
        {"statistics",
         fmt::format("{0} was never analyzed, its plan is a guess: ANALYZE {0}", table)});
  }
}

}  // namespace

std::vector<Danger> ReadDangers(pg::Connection& connection, const Fill& fill,
                                const std::vector<Relation>& relations) {
  std::vector<Danger> dangers;
  const std::string oids = OidsOf(relations);
  const std::string targets = pg::ArrayText(TargetColumns(fill));
  AddTriggers(connection, fill, oids, targets, dangers);
  for (const auto& row : connection.Exec(kPublications, {oids})) {
    const std::string name = row[0].as<std::string>();
    dangers.push_back(
        {"publication", name == "supabase_realtime"
                            ? "publication supabase_realtime holds it: each row is a Realtime event"
                            : fmt::format("publication {} holds it: each row is sent", name)});
  }
  for (const auto& row : connection.Exec(kForeignKeys, {oids, targets})) {
    dangers.push_back(
        {"foreign key", fmt::format("foreign key {}: each row locks its parent in {}",
                                    row[0].as<std::string>(), row[1].as<std::string>())});
  }
  for (const Relation& relation : relations) {
    for (const std::string& index : relation.indexes_on_target) {
      dangers.push_back(
          {"index", fmt::format("index {} is on the column: no update is HOT", index)});
    }
  }
  AddStatistics(connection, fill, oids, dangers);
  return dangers;
}

std::vector<Danger> ReadDatabaseDangers(pg::Connection& connection) {
  std::vector<Danger> dangers;
  for (const auto& row : connection.Exec(kSlots)) {
    const std::string name = row[0].as<std::string>();
    dangers.push_back(
        {"slot", row[1].as<bool>()
                     ? fmt::format("logical slot {} is read: it decodes every row", name)
                     : fmt::format("logical slot {} is not read: it keeps the WAL of every row on "
                                   "this disk",
                                   name)});
  }
  for (const auto& row : connection.Exec(kOldSnapshots)) {
    dangers.push_back({"snapshot", fmt::format("{}: no update is HOT on full pages while it lasts",
                                               row[0].as<std::string>())});
  }
  return dangers;
}

}  // namespace rung::fill
