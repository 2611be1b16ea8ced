#include "migrate/settled_work.h"

#include <fmt/format.h>

#include <algorithm>

#include "sql/not_null.h"

namespace rung::migrate {
namespace {

using sql::Cause;
using sql::TableWork;
using sql::Work;

// Source: ATColumnChangeRequiresRewrite; a CHECK of the column is verified again in any case.
constexpr const char* kType = R"(
SELECT format_type(a.atttypid, a.atttypmod),
       a.atttypid = n.oid OR t.typbasetype = n.oid OR
       (n.typbasetype = a.atttypid AND n.typtypmod IN (-1, a.atttypmod)) OR EXISTS (
         SELECT FROM pg_cast
         WHERE castsource = a.atttypid AND casttarget = n.oid AND castmethod = 'b'),
       coalesce(n.typtype = 'd' AND (n.typnotnull OR EXISTS (
         SELECT FROM pg_constraint WHERE contypid = n.oid)), true),
       EXISTS (SELECT FROM pg_constraint c
               WHERE c.conrelid = a.attrelid AND c.contype = 'c' AND c.convalidated AND
                     a.attnum = ANY (c.conkey)),
       current_setting('TimeZone') IN ('UTC', 'Etc/UTC', 'GMT', 'Etc/GMT')
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
     LEFT JOIN pg_type n ON n.oid = to_regtype($3)
WHERE a.attrelid = to_regclass($1) AND a.attname = $2 AND NOT a.attisdropped)";

constexpr const char* kIsNotNull = R"(
SELECT attnotnull FROM pg_attribute
WHERE attrelid = to_regclass($1) AND attname = $2 AND NOT attisdropped)";

constexpr const char* kChecks = R"(
SELECT conname, convalidated, pg_get_expr(conbin, conrelid) FROM pg_constraint
WHERE conrelid = to_regclass($1) AND contype = 'c')";

constexpr const char* kIsValidated = R"(
SELECT convalidated FROM pg_constraint WHERE conrelid = to_regclass($1) AND conname = $2)";

constexpr const char* kIsFunctionVolatile = R"(
SELECT bool_or(provolatile = 'v') FROM pg_proc
WHERE proname = $2 AND ($1 = '' OR pronamespace = to_regnamespace(quote_ident($1))))";

constexpr const char* kIsCheckedDomain = R"(
SELECT typtype = 'd' AND (typnotnull OR EXISTS (
  SELECT FROM pg_constraint WHERE contypid = pg_type.oid))
FROM pg_type WHERE oid = to_regtype($1))";

constexpr const char* kIsPersistence = R"(
SELECT relpersistence = $2 FROM pg_class WHERE oid = to_regclass($1))";

constexpr const char* kIsInTablespace = R"(
SELECT s.spcname = $2 FROM pg_class c
     JOIN pg_database d ON d.datname = current_database()
     JOIN pg_tablespace s ON s.oid = CASE c.reltablespace WHEN 0 THEN d.dattablespace
                                                          ELSE c.reltablespace END
WHERE c.oid = to_regclass($1))";

constexpr const char* kIsAccessMethod = R"(
SELECT a.amname = $2 FROM pg_class c JOIN pg_am a ON a.oid = c.relam
WHERE c.oid = to_regclass($1))";

constexpr const char* kHasNotNullKey = R"(
SELECT bool_and(a.attnotnull)
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
WHERE i.indrelid = to_regclass($1) AND c.relname = $2)";

class Settler {
 public:
  Settler(pg::Connection& connection, TableWork& work) : connection_(connection), work_(work) {}

  void Settle(const std::vector<std::string>& validated) {
    switch (work_.cause) {
      case Cause::kType:
        return OfType();
      case Cause::kSetNotNull:
        return OfNotNull(validated);
      case Cause::kValidate:
        return NothingIf(kIsValidated, work_.object, "valid already");
      case Cause::kDefault:
        return OfDefault();
      case Cause::kDomain:
        return OfDomain();
      case Cause::kLogged:
        return NothingIf(kIsPersistence, work_.object, "so already");
      case Cause::kTablespace:
        if (!work_.object.empty()) NothingIf(kIsInTablespace, work_.object, "there already");
        return;
      case Cause::kAccessMethod:
        return NothingIf(kIsAccessMethod, work_.object, "so already");
      case Cause::kPrimaryKey:
        return NothingIf(kHasNotNullKey, work_.object, "its columns are NOT NULL");
      default:
        return;
    }
  }

 private:
  // nullopt where the catalog does not know.
  std::optional<bool> Ask(const char* sql, const pg::Params& parameters) {
    const pqxx::result rows = connection_.Exec(sql, parameters);
    if (rows.empty() || rows[0][0].is_null()) return std::nullopt;
    return rows[0][0].as<bool>();
  }

  void Nothing() {
    work_.work = Work::kNothing;
    work_.is_certain = true;
  }

  void NothingIf(const char* sql, const std::string& object, const char* why) {
    const auto answer = Ask(sql, {work_.table, object});
    if (!answer) return;
    work_.is_certain = true;
    if (!*answer) return;
    work_.what = fmt::format("{}: {}", work_.what.substr(0, work_.what.find(':')), why);
    Nothing();
  }

  void OfType() {
    const pqxx::result rows =
        connection_.Exec(kType, {work_.table, work_.column, sql::RegtypeText(work_.type)});
    if (rows.empty()) return;
    work_.is_certain = true;
    const auto row = rows[0];
    const auto from = sql::ReadTypeShape(row[0].c_str());
    const bool is_coercible = !row[1].is_null() && row[1].as<bool>();
    if (!from || row[2].as<bool>()) return;
    const bool is_same_moment = row[4].as<bool>() && from->mods == work_.type.mods &&
                                !from->is_array && !work_.type.is_array &&
                                from->name.starts_with("timestamp") &&
                                work_.type.name.starts_with("timestamp");
    if (!is_same_moment && !sql::KeepsRows(*from, work_.type, is_coercible)) return;
    const std::string start =
        fmt::format("ALTER COLUMN {} TYPE: {} is stored alike", work_.column, row[0].c_str());
    Nothing();
    work_.what = start;
    if (!row[3].as<bool>()) return;
    work_.work = Work::kScans;
    work_.what = start + ", but a CHECK looks at every row";
  }

  void OfNotNull(const std::vector<std::string>& validated) {
    const auto is_not_null = Ask(kIsNotNull, {work_.table, work_.column});
    if (!is_not_null) return;
    work_.is_certain = true;
    if (*is_not_null) {
      work_.what = fmt::format("SET NOT NULL of {}: so already", work_.column);
      return Nothing();
    }
    for (const auto& row : connection_.Exec(kChecks, {work_.table})) {
      const std::string name = row[0].c_str();
      const bool is_valid = row[1].as<bool>() ||
                            std::find(validated.begin(), validated.end(), name) != validated.end();
      const auto columns = sql::ColumnsNotNull(std::string(row[2].c_str()));
      if (!is_valid || std::find(columns.begin(), columns.end(), work_.column) == columns.end()) {
        continue;
      }
      work_.what = fmt::format("SET NOT NULL of {}: proven by {}", work_.column, name);
      return Nothing();
    }
  }

  void OfDefault() {
    bool is_known = true;
    for (const std::string& name : work_.functions) {
      const size_t dot = name.rfind('.');
      const std::string schema = dot == std::string::npos ? "" : name.substr(0, dot);
      const auto is_volatile = Ask(
          kIsFunctionVolatile, {schema, dot == std::string::npos ? name : name.substr(dot + 1)});
      is_known = is_known && is_volatile.has_value();
      if (is_volatile.value_or(false)) {
        work_.is_certain = true;
        return;
      }
    }
    if (!is_known) return;
    work_.what = fmt::format("ADD COLUMN {}: its default is not volatile", work_.column);
    Nothing();
  }

  void OfDomain() {
    const auto is_checked = Ask(kIsCheckedDomain, {sql::RegtypeText(work_.type)});
    if (!is_checked) return;
    work_.is_certain = true;
    if (*is_checked) return;
    work_.what = fmt::format("ADD COLUMN {}: no domain with constraints", work_.column);
    Nothing();
  }

  pg::Connection& connection_;
  TableWork& work_;
};

}  // namespace

void SettleWork(pg::Connection& connection, const std::vector<std::string>& validated,
                sql::TableWork& work) {
  if (!work.is_certain && !work.table.empty()) Settler(connection, work).Settle(validated);
}

}  // namespace rung::migrate
