#include "fill/relation.h"

#include <fmt/format.h>

#include "core/error.h"
#include "fill/fill_sql.h"
#include "fill/table_check.h"

namespace rung::fill {
namespace {

core::Error Refused(const Fill& fill, std::string what, std::string next) {
  return core::Error(core::Failure::kFailed, core::Problem{fill.place, std::move(what), {}},
                     "nothing of this backfill was run", std::move(next));
}

// reltuples is -1 for a table that was never analyzed: then 60 rows a page is as good a guess as
// any, and the run refines it. A foreign table has no pages here.
constexpr const char* kRelations = R"(
WITH RECURSIVE tree AS (
  SELECT to_regclass($1)::oid AS oid
  UNION
  SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
)
SELECT c.oid, format('%I.%I', n.nspname, c.relname), coalesce(pg_relation_filenode(c.oid), 0),
       s.bytes / current_setting('block_size')::bigint AS pages, s.bytes,
       CASE WHEN c.relkind = 'f' THEN greatest(c.reltuples, 0)
            WHEN c.reltuples >= 0 AND c.relpages > 0
            THEN c.reltuples::float8 / c.relpages * (s.bytes / current_setting('block_size')::bigint)
            WHEN s.bytes = 0 THEN 0
            ELSE 60.0 * (s.bytes / current_setting('block_size')::bigint) END,
       c.relkind
FROM tree JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace,
     LATERAL (SELECT coalesce(pg_relation_size(c.oid), 0) AS bytes) AS s
WHERE c.relkind <> 'p'
ORDER BY c.oid IS DISTINCT FROM to_regclass($1), 2)";

constexpr const char* kHasCitus =
    "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL, "
    "to_regproc('pg_catalog.citus_relation_size') IS NOT NULL";

constexpr const char* kIsDistributed =
    "SELECT FROM pg_catalog.pg_dist_partition WHERE logicalrelid = $1::oid";

constexpr const char* kShardBytes =
    "SELECT size, size / current_setting('block_size')::bigint "
    "FROM pg_catalog.citus_relation_size($1::oid::regclass) AS size";

// A BRIN index stands in the way of HOT updates before 16 only.
constexpr const char* kIndexesOnTarget = R"(
SELECT DISTINCT i.indexrelid::regclass::text
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = ANY ($2::text[])
  JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
WHERE i.indrelid = $1::oid
  AND NOT (am.amname = 'brin' AND current_setting('server_version_num')::int >= 160000)
  AND (a.attnum = ANY (i.indkey)
       OR pg_get_expr(i.indpred, i.indrelid) ~ ('\m' || a.attname || '\M')
       OR pg_get_expr(i.indexprs, i.indrelid) ~ ('\m' || a.attname || '\M'))
ORDER BY 1)";

// The server reads the whole statement without running it.
void CheckStatement(pg::Connection& connection, const Fill& fill) {
  connection.Exec(fmt::format("EXPLAIN UPDATE {} AS {} SET {} {} WHERE {}", fill.table, kAlias,
                              SetClause(fill), FromClause(fill), FillablePredicate(fill)));
}

// Citus keeps the rows in shards elsewhere; the table's own file here is empty.
void ReadShards(pg::Connection& connection, Relation& relation) {
  const pqxx::result citus = connection.Exec(kHasCitus);
  if (!citus[0][0].as<bool>()) return;
  if (connection.Exec(kIsDistributed, {relation.oid}).empty()) return;
  relation.kind = Kind::kDistributed;
  if (!citus[0][1].as<bool>()) return;
  const double rows_a_page = relation.pages > 0 && relation.rows_estimate > 0
                                 ? relation.rows_estimate / static_cast<double>(relation.pages)
                                 : 60;
  const pqxx::result size = connection.Exec(kShardBytes, {relation.oid});
  relation.bytes = size[0][0].as<int64_t>(0);
  relation.pages = size[0][1].as<int64_t>(0);
  relation.rows_estimate = rows_a_page * static_cast<double>(relation.pages);
}

Relation ReadRelation(pg::Connection& connection, const Fill& fill, const pqxx::row& row) {
  Relation relation;
  relation.oid = row[0].as<std::string>();
  relation.name = row[1].as<std::string>();
  relation.filenode = row[2].as<std::string>();
  relation.pages = row[3].as<int64_t>();
  relation.bytes = row[4].as<int64_t>();
  relation.rows_estimate = row[5].as<double>();
  if (row[6].as<std::string>() == "f") relation.kind = Kind::kForeign;
  ReadShards(connection, relation);
  for (const auto& index :
       connection.Exec(kIndexesOnTarget, {relation.oid, pg::ArrayText(TargetColumns(fill))})) {
    relation.indexes_on_target.push_back(index[0].as<std::string>());
  }
  return relation;
}

void FindForeignKey(pg::Connection& connection, const Fill& fill, Relation& relation) {
  if (fill.once) {
    throw Refused(fill,
                  fmt::format("{} is a foreign table: its server commits before this one, so "
                              "after a crash in between a row would be done twice, and once = "
                              "true cannot be kept",
                              relation.name),
                  "run the backfill on the server that holds the table");
  }
  if (fill.key.empty()) {
    throw Refused(
        fill, fmt::format("{} is a foreign table: its key cannot be seen from here", relation.name),
        "name it in the fill, as key = [\"id\"]: columns that are unique and never NULL");
  }
  relation.key = ReadKeyColumns(connection, relation.oid, fill.key);
}

void FindOwnKey(pg::Connection& connection, const Fill& fill, Relation& relation) {
  if (!fill.key.empty()) {
    const std::string fault = FaultOfKey(connection, relation.oid, fill.key);
    if (!fault.empty()) {
      throw Refused(fill, fmt::format("{}: {}", relation.name, fault),
                    "name columns that are NOT NULL and have a unique index, or leave `key` to "
                    "rung");
    }
    relation.key = ReadKeyColumns(connection, relation.oid, fill.key);
    return;
  }
  relation.key = FindKey(connection, relation.oid);
  const char* needs_key = fill.once                              ? "once = true"
                          : fill.by_key                          ? "the key sweep"
                          : relation.kind == Kind::kDistributed  ? "a distributed table"
                          : connection.server_version() < 140000 ? "the key sweep of a server "
                                                                   "older than 14"
                                                                 : nullptr;
  if (needs_key != nullptr && relation.key.empty()) {
    throw Refused(fill,
                  fmt::format("{} has no primary key and no unique index over NOT NULL columns, "
                              "which {} needs",
                              relation.name, needs_key),
                  "add one");
  }
}

std::vector<Relation> Resolve(pg::Connection& connection, const Fill& fill) {
  RequireTable(connection, fill);
  std::vector<Relation> relations;
  for (const auto& row : connection.Exec(kRelations, {fill.table})) {
    relations.push_back(ReadRelation(connection, fill, row));
  }
  RequirePrivileges(connection, fill, relations);
  CheckStatement(connection, fill);
  for (Relation& relation : relations) {
    if (relation.kind == Kind::kForeign) {
      FindForeignKey(connection, fill, relation);
    } else {
      FindOwnKey(connection, fill, relation);
    }
    if (!relation.key.empty()) {
      relation.key_is_scattered = IsScattered(connection, relation.oid, relation.key);
    }
  }
  return relations;
}

}  // namespace

std::vector<Relation> ResolveFill(pg::Connection& connection, const Fill& fill) {
  try {
    return Resolve(connection, fill);
  } catch (const pg::ServerError& error) {
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{fill.place, fmt::format("{}: {}", fill.table, error.what()), error.Details()},
        "nothing of this backfill was run",
        NextAfterRefusal(error, "correct the file and run it again"));
  }
}

std::vector<std::string> FindRelationNames(pg::Connection& connection, const Fill& fill) {
  std::vector<std::string> names;
  for (const auto& row : connection.Exec(kRelations, {fill.table})) {
    names.push_back(row[1].as<std::string>());
  }
  return names;
}

std::string NextAfterRefusal(const pg::ServerError& error, std::string otherwise) {
  if (error.message.find("replica identity") != std::string::npos) {
    return "give the table a primary key or another REPLICA IDENTITY, or take it out of the "
           "publication";
  }
  if (error.sqlstate != "42501") return otherwise;
  return error.message.find("row-level security") != std::string::npos
             ? "connect as a role with BYPASSRLS, or as the table's owner"
             : "grant the role what it lacks, or connect as another one";
}

}  // namespace rung::fill
