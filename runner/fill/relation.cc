#include "fill/relation.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/error.h"
#include "fill/fill_sql.h"
#include "fill/unique_source.h"

namespace rung::fill {
namespace {

core::Error Refused(const Fill& fill, std::string what, std::string next) {
  return core::Error(core::Failure::kFailed, core::Problem{fill.place, std::move(what), {}},
                     "nothing of this backfill was run", std::move(next));
}

constexpr const char* kFind = R"(
SELECT c.oid, c.relkind, c.oid::regclass::text
FROM pg_class c WHERE c.oid = to_regclass($1))";

constexpr const char* kMissingColumns = R"(
SELECT name FROM unnest($2::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_attribute
                  WHERE attrelid = $1::oid AND attname = name AND attnum > 0 AND NOT attisdropped))";

// reltuples is -1 for a table that was never analyzed: then 60 rows a page is as good a guess as
// any, and the run refines it.
constexpr const char* kRelations = R"(
WITH RECURSIVE tree AS (
  SELECT $1::oid AS oid
  UNION
  SELECT i.inhrelid FROM pg_inherits i JOIN tree ON i.inhparent = tree.oid
)
SELECT c.oid, format('%I.%I', n.nspname, c.relname), coalesce(pg_relation_filenode(c.oid), 0),
       s.bytes / current_setting('block_size')::bigint AS pages, s.bytes,
       CASE WHEN c.reltuples >= 0 AND c.relpages > 0
            THEN c.reltuples::float8 / c.relpages * (s.bytes / current_setting('block_size')::bigint)
            WHEN s.bytes = 0 THEN 0
            ELSE 60.0 * (s.bytes / current_setting('block_size')::bigint) END,
       c.relkind
FROM tree JOIN pg_class c USING (oid) JOIN pg_namespace n ON n.oid = c.relnamespace,
     LATERAL (SELECT pg_relation_size(c.oid) AS bytes) AS s
WHERE c.relkind <> 'p'
ORDER BY c.oid <> $1::oid, 2)";

// The primary key first, then the narrowest other candidate.
constexpr const char* kKey = R"(
SELECT a.attname, format_type(a.atttypid, a.atttypmod)
FROM (SELECT i.indexrelid, i.indkey
      FROM pg_index i
      WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
        AND i.indpred IS NULL AND i.indexprs IS NULL
        AND NOT EXISTS (SELECT FROM unnest(i.indkey[0:i.indnkeyatts - 1]) AS k(attnum)
                        JOIN pg_attribute ka ON ka.attrelid = i.indrelid AND ka.attnum = k.attnum
                        WHERE NOT ka.attnotnull)
      ORDER BY NOT i.indisprimary, i.indnkeyatts, i.indexrelid LIMIT 1) AS best
JOIN pg_index i USING (indexrelid),
     LATERAL unnest(i.indkey[0:i.indnkeyatts - 1]) WITH ORDINALITY AS k(attnum, position)
JOIN pg_attribute a ON a.attnum = k.attnum
WHERE a.attrelid = $1::oid
ORDER BY k.position)";

constexpr const char* kIndexesOnTarget = R"(
SELECT DISTINCT i.indexrelid::regclass::text
FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attname = ANY ($2::text[])
WHERE i.indrelid = $1::oid
  AND (a.attnum = ANY (i.indkey)
       OR pg_get_expr(i.indpred, i.indrelid) ~ ('\m' || a.attname || '\M')
       OR pg_get_expr(i.indexprs, i.indrelid) ~ ('\m' || a.attname || '\M'))
ORDER BY 1)";

const char* KindName(const std::string& relkind) {
  if (relkind == "v") return "a view";
  if (relkind == "m") return "a materialized view";
  if (relkind == "S") return "a sequence";
  if (relkind == "i" || relkind == "I") return "an index";
  if (relkind == "c") return "a composite type";
  if (relkind == "f") return "a foreign table";
  return "not a table";
}

std::vector<std::string> Targets(const Fill& fill) {
  std::vector<std::string> targets;
  for (const Assignment& assignment : fill.set) targets.push_back(assignment.column);
  return targets;
}

// The server reads the whole statement without running it.
void CheckStatement(pg::Connection& connection, const Fill& fill) {
  try {
    connection.Exec(fmt::format("EXPLAIN UPDATE {} AS {} SET {} {} WHERE {}", fill.table, kAlias,
                                SetClause(fill), FromClause(fill), FillablePredicate(fill)));
  } catch (const pg::ServerError& error) {
    throw core::Error(
        core::Failure::kFailed,
        core::Problem{fill.place, fmt::format("{}: {}", fill.table, error.what()), error.Details()},
        "nothing of this backfill was run",
        NextAfterRefusal(error, "correct the file and run it again"));
  }
}

std::vector<KeyColumn> ReadKey(pg::Connection& connection, const std::string& oid) {
  std::vector<KeyColumn> key;
  for (const auto& row : connection.Exec(kKey, {oid})) {
    key.push_back({row[0].as<std::string>(), row[1].as<std::string>()});
  }
  return key;
}

Relation ReadRelation(pg::Connection& connection, const Fill& fill, const pqxx::row& row) {
  Relation relation;
  relation.oid = row[0].as<std::string>();
  relation.name = row[1].as<std::string>();
  relation.filenode = row[2].as<std::string>();
  relation.pages = row[3].as<int64_t>();
  relation.bytes = row[4].as<int64_t>();
  relation.rows_estimate = row[5].as<double>();
  if (row[6].as<std::string>() == "f") {
    throw Refused(
        fill, fmt::format("{} is a foreign table: it has no pages and no key here", relation.name),
        "run the backfill on the server that holds the table");
  }
  relation.key = ReadKey(connection, relation.oid);
  for (const auto& index :
       connection.Exec(kIndexesOnTarget, {relation.oid, pg::ArrayText(Targets(fill))})) {
    relation.indexes_on_target.push_back(index[0].as<std::string>());
  }
  return relation;
}

}  // namespace

std::vector<Relation> ResolveFill(pg::Connection& connection, const Fill& fill) {
  const pqxx::result found = connection.Exec(kFind, {fill.table});
  if (found.empty()) {
    throw Refused(fill, fmt::format("table {} does not exist", fill.table),
                  "correct the name, or apply the migration that creates it");
  }
  const std::string oid = found[0][0].as<std::string>();
  const std::string kind = found[0][1].as<std::string>();
  if (kind != "r" && kind != "p") {
    throw Refused(
        fill,
        fmt::format("{} is {}, it has no rows of its own to fill", fill.table, KindName(kind)),
        "name the table behind it");
  }
  std::vector<std::string> missing;
  for (const auto& row : connection.Exec(kMissingColumns, {oid, pg::ArrayText(OwnColumns(fill))})) {
    missing.push_back(row[0].as<std::string>());
  }
  if (!missing.empty()) {
    throw Refused(fill,
                  fmt::format("table {} has no column {}", fill.table, fmt::join(missing, ", ")),
                  "correct the name, or apply the migration that adds it");
  }
  CheckStatement(connection, fill);
  RequireUniqueSource(connection, fill);

  std::vector<Relation> relations;
  for (const auto& row : connection.Exec(kRelations, {oid})) {
    relations.push_back(ReadRelation(connection, fill, row));
    if ((fill.once || fill.by_key) && relations.back().key.empty()) {
      throw Refused(fill,
                    fmt::format("{} has no primary key and no unique index over NOT NULL columns, "
                                "which {} needs",
                                relations.back().name, fill.once ? "once = true" : "the key sweep"),
                    "add one");
    }
  }
  return relations;
}

std::string NextAfterRefusal(const pg::ServerError& error, std::string otherwise) {
  if (error.sqlstate != "42501") return otherwise;
  return error.message.find("row-level security") != std::string::npos
             ? "connect as a role with BYPASSRLS, or as the table's owner"
             : "grant the role what it lacks, or connect as another one";
}

}  // namespace rung::fill
