#include "fill/table_check.h"

#include <fmt/format.h>

#include "core/error.h"
#include "fill/fill_sql.h"

namespace rung::fill {
namespace {

constexpr const char* kFind = "SELECT oid, relkind FROM pg_class WHERE oid = to_regclass($1)";

constexpr const char* kMissingColumns = R"(
SELECT name FROM unnest($2::text[]) AS name
WHERE NOT EXISTS (SELECT FROM pg_attribute
                  WHERE attrelid = $1::oid AND attname = name AND attnum > 0 AND NOT attisdropped))";

// The columns of $2 that take no value from an UPDATE.
constexpr const char* kGenerated = R"(
SELECT attname, attgenerated <> '' FROM pg_attribute
WHERE attrelid = $1::oid AND attname = ANY ($2::text[]) AND attnum > 0
  AND (attgenerated <> '' OR attidentity = 'a')
ORDER BY attnum LIMIT 1)";

// Of the table's own partition key, of those above it, and of those below. A column that the key
// holds within an expression depends on its table, internally, as one that is a part by itself does.
constexpr const char* kPartitionKey = R"(
SELECT a.attname, p.partrelid::regclass
FROM (SELECT relid FROM pg_partition_ancestors($1::oid)
      UNION SELECT relid FROM pg_partition_tree($1::oid)) AS parent
JOIN pg_partitioned_table p ON p.partrelid = parent.relid
JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attname = ANY ($2::text[])
WHERE a.attnum = ANY (p.partattrs)
   OR EXISTS (SELECT FROM pg_depend d
              WHERE d.classid = 'pg_class'::regclass AND d.objid = p.partrelid
                AND d.objsubid = a.attnum AND d.refclassid = 'pg_class'::regclass
                AND d.refobjid = p.partrelid AND d.refobjsubid = 0 AND d.deptype = 'i')
ORDER BY 1, 2 LIMIT 1)";

constexpr const char* kLacking = R"(
SELECT quote_ident(a.attname) FROM pg_attribute a
WHERE a.attrelid = to_regclass($1) AND a.attname = ANY ($2::text[]) AND a.attnum > 0
  AND NOT a.attisdropped AND NOT has_column_privilege(a.attrelid, a.attnum, $3)
ORDER BY a.attnum)";

core::Error Refused(const Fill& fill, std::string what, std::string next) {
  return core::Error(core::Failure::kFailed, core::Problem{fill.place, std::move(what), {}},
                     "nothing of this backfill was run", std::move(next));
}

std::string KindName(const std::string& relkind) {
  if (relkind == "v") return "a view";
  if (relkind == "m") return "a materialized view";
  if (relkind == "S") return "a sequence";
  if (relkind == "i" || relkind == "I") return "an index";
  if (relkind == "c") return "a composite type";
  return "not a table";
}

bool HasRows(const std::string& relkind) {
  return relkind == "r" || relkind == "p" || relkind == "f";
}

void RequireColumns(pg::Connection& connection, const Fill& fill, const std::string& oid) {
  std::vector<std::string> missing;
  for (const auto& row : connection.Exec(kMissingColumns, {oid, pg::ArrayText(OwnColumns(fill))})) {
    missing.push_back(row[0].as<std::string>());
  }
  if (missing.empty()) return;
  throw Refused(fill,
                fmt::format("table {} has no column {}", fill.table, fmt::join(missing, ", ")),
                "correct the name, or apply the migration that adds it");
}

void RequireSettableTargets(pg::Connection& connection, const Fill& fill, const std::string& oid) {
  const std::string targets = pg::ArrayText(TargetColumns(fill));
  const pqxx::result generated = connection.Exec(kGenerated, {oid, targets});
  if (!generated.empty()) {
    throw Refused(
        fill,
        fmt::format("{}: column {} is GENERATED ALWAYS{}, no value can be set", fill.table,
                    generated[0][0].as<std::string>(),
                    generated[0][1].as<bool>() ? " from other columns" : " AS IDENTITY"),
        generated[0][1].as<bool>() ? "fill the columns that it comes from" : "set another column");
  }
  const pqxx::result key = connection.Exec(kPartitionKey, {oid, targets});
  if (!key.empty()) {
    throw Refused(fill,
                  fmt::format("{}: column {} is part of the partition key of {}: a new value "
                              "would move its row",
                              fill.table, key[0][0].as<std::string>(), key[0][1].as<std::string>()),
                  "set another column, or move the rows by hand");
  }
}

// "UPDATE (org)", where the role lacks it.
void AddLacking(pg::Connection& connection, const std::string& table,
                const std::vector<std::string>& columns, const char* privilege,
                std::vector<std::string>& lacking) {
  std::vector<std::string> names;
  for (const auto& row : connection.Exec(kLacking, {table, pg::ArrayText(columns), privilege})) {
    names.push_back(row[0].as<std::string>());
  }
  if (!names.empty()) lacking.push_back(fmt::format("{} ({})", privilege, fmt::join(names, ", ")));
}

}  // namespace

std::string RequireTable(pg::Connection& connection, const Fill& fill) {
  const pqxx::result found = connection.Exec(kFind, {fill.table});
  if (found.empty()) {
    throw Refused(fill, fmt::format("table {} does not exist", fill.table),
                  "correct the name, or apply the migration that creates it");
  }
  const std::string oid = found[0][0].as<std::string>();
  const std::string kind = found[0][1].as<std::string>();
  if (!HasRows(kind)) {
    throw Refused(
        fill,
        fmt::format("{} is {}, it has no rows of its own to fill", fill.table, KindName(kind)),
        "name the table behind it");
  }
  RequireColumns(connection, fill, oid);
  RequireSettableTargets(connection, fill, oid);
  return oid;
}

void RequirePrivileges(pg::Connection& connection, const Fill& fill,
                       const std::vector<Relation>& relations) {
  const std::string role =
      connection.Exec("SELECT quote_ident(current_user)")[0][0].as<std::string>();
  std::vector<core::Problem> problems;
  std::vector<std::string> grants;
  const auto require = [&](const std::string& table, const std::vector<std::string>& written,
                           const std::vector<std::string>& read) {
    std::vector<std::string> lacking;
    AddLacking(connection, table, written, "UPDATE", lacking);
    AddLacking(connection, table, read, "SELECT", lacking);
    if (lacking.empty()) return;
    problems.push_back({fill.place,
                        fmt::format("{}: role {} lacks {}", table, role, fmt::join(lacking, ", ")),
                        {}});
    grants.push_back(fmt::format("GRANT {} ON {} TO {}", fmt::join(lacking, ", "), table, role));
  };
  for (const Relation& relation : relations) {
    require(relation.name, TargetColumns(fill), OwnColumns(fill));
  }
  if (fill.from) require(fill.from->text, {}, SourceColumns(fill));
  if (problems.empty()) return;
  throw core::Error(core::Failure::kFailed, std::move(problems), "nothing of this backfill was run",
                    fmt::format("{}; or connect as another role", fmt::join(grants, "; ")));
}

}  // namespace rung::fill
