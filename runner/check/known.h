// What the files of a ladder have made of the database so far, as far as their text shows: tables,
// columns, constraints, indexes, policies, functions. Pure.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sql/type_shape.h"

struct PgQuery__Constraint;
struct PgQuery__ColumnDef;
struct PgQuery__CreateStmt;
struct PgQuery__AlterTableStmt;
struct PgQuery__CreateFunctionStmt;
struct PgQuery__Node;
struct PgQuery__RangeVar;
struct PgQuery__RenameStmt;

namespace rung::check {

// A statement of the ladder.
struct Place {
  size_t file = 0;
  size_t statement = 0;
  size_t block = 0;  // of the file: what is kept or lost together
};

struct KnownConstraint {
  std::string name;
  bool is_valid = true;
  Place place;                        // where it was added
  std::vector<std::string> not_null;  // columns that it proves
};

struct ForeignKey {
  std::vector<std::string> columns;
  Place place;
};

struct Policy {
  std::string name;
  Place place;
};

struct KnownTable {
  std::string name;              // "users", "app.users"
  std::optional<Place> created;  // nullopt where the ladder has not made it
  bool is_temporary = false;
  std::map<std::string, sql::TypeShape> columns;
  std::vector<std::string> not_null;
  std::vector<KnownConstraint> constraints;
  std::vector<std::vector<std::string>> indexes;  // their columns; "" for an expression
  std::vector<ForeignKey> foreign_keys;
  std::optional<Place> row_security;  // where it was enabled
  std::vector<Policy> policies;
};

struct KnownFunction {
  bool is_volatile = true;
  bool is_security_definer = false;
  bool is_revoked = false;  // from public or anon
  Place place;
};

// "public.users": how tables, functions and indexes are told apart.
std::string KeyOf(std::string_view schema, std::string_view name);

// Of the parts of a name, the last one its own.
std::string KeyOf(size_t count, PgQuery__Node* const* parts);

class Known {
 public:
  // Takes in what a statement does. Statements come in the order in which they run.
  void See(const PgQuery__Node& statement, const Place& place);

  // nullptr where the ladder has not spoken of it.
  const KnownTable* Find(const std::string& key) const;
  const KnownTable* Find(std::string_view schema, std::string_view name) const;
  const KnownFunction* FindFunction(const std::string& key) const;

  // Was the table made by this same file, so that nobody else can be at work on it?
  bool IsNew(std::string_view schema, std::string_view name, size_t file) const;

  const std::map<std::string, KnownTable>& tables() const { return tables_; }
  const std::map<std::string, KnownFunction>& functions() const { return functions_; }
  const std::map<std::string, std::string>& indexes() const { return indexes_; }  // to their tables

 private:
  KnownTable& Table(const PgQuery__RangeVar& relation);
  void CreateTable(const PgQuery__CreateStmt& create, const Place& place);
  void AddColumn(KnownTable& table, const PgQuery__ColumnDef& column, const Place& place);
  void AddConstraint(KnownTable& table, const PgQuery__Constraint& constraint, const Place& place,
                     std::string_view column);
  void AlterTable(const PgQuery__AlterTableStmt& alter, const Place& place);
  void Rename(const PgQuery__RenameStmt& rename);
  void Drop(const PgQuery__Node& statement);
  void CreateFunction(const PgQuery__CreateFunctionStmt& create, const Place& place);

  std::map<std::string, KnownTable> tables_;
  std::map<std::string, KnownFunction> functions_;
  std::map<std::string, std::string> indexes_;
};

}  // namespace rung::check
