// One line of `rung plan`, as plain data.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sql/table_lock.h"

namespace rung::cli {

struct PlanWarning {
  std::string kind;   // fill::Danger::kind
  std::string table;  // empty: of the whole database
  std::string text;
};

struct PlanStep {
  std::string rung;
  std::string what;  // a statement's first line, or the columns of a fill
  std::string lock;  // "ACCESS EXCLUSIVE"
  std::string table;
  std::optional<int64_t> rows;  // estimates
  std::optional<int64_t> bytes;
  std::string does;  // "REWRITE"
  std::string how;   // "one transaction"
  std::string why;   // of what it does
  std::string place;
  bool in_transaction = true;
  bool is_new = false;
  bool is_certain = true;
  std::vector<sql::TableLock> locks;
  std::vector<PlanWarning> warnings;
};

}  // namespace rung::cli
