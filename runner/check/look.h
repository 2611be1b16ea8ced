// What a rule is given: a statement, and what is around it. Each family of rules is one function.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "check/known.h"
#include "sql/statements.h"
#include "sql/table_work.h"

namespace rung::check {

// What the statements of one file have in common.
struct FileState {
  bool has_statement_timeout = false;
  size_t block = 0;                 // of the locks below
  std::vector<std::string> locked;  // tables of earlier files, with a strong lock
};

struct At {
  const PgQuery__Node& node;
  const sql::Statement& statement;
  const std::vector<sql::TableWork>& work;
  const Place& place;
  bool in_transaction;
  const Known& known;  // what the statements before have made
  FileState& file;

  bool IsNew(const PgQuery__RangeVar& table) const;
  bool IsNew(const sql::TableWork& one) const {
    return known.IsNew(one.name.schema, one.name.name, place.file);
  }
};

// Tells what was found at the statement.
using Report = std::function<void(std::string_view rule, std::string what)>;

// The same, of a statement that went by before.
using ReportAt = std::function<void(std::string_view rule, const Place& place, std::string what)>;

void LookAtIndexes(const At& at, const Report& report);
void LookAtColumns(const At& at, const Report& report);
void LookAtConstraints(const At& at, const Report& report);
void LookAtBreakage(const At& at, const Report& report);
void LookAtTransactions(const At& at, const Report& report);
void LookAtTypes(const At& at, const Report& report);
void LookAtPolicies(const At& at, const Report& report);
void LookAtExposure(const At& at, const Report& report);

// After the last statement of a file, of a Supabase project.
void LookAtFileEnd(const Known& known, size_t file, const ReportAt& report);

// After the last file, of a Supabase project.
void LookAtLadderEnd(const Known& known, const ReportAt& report);

}  // namespace rung::check
