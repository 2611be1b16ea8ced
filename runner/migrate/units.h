// What of a file is kept or lost together: its statements sorted into units, by its own transaction
// control and by what PostgreSQL keeps out of transactions. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/error.h"
#include "sql/statements.h"

namespace rung::migrate {

struct Migration;

// Statements [begin, end) of a file that are kept or lost together.
struct Unit {
  size_t begin = 0;
  size_t end = 0;
  bool in_transaction = true;  // false: one statement that PostgreSQL keeps out of transactions
  std::string modes = {};      // "ISOLATION LEVEL SERIALIZABLE, READ ONLY", of the file's own BEGIN
};

// The procedures of the ladder, up to the statement at hand, that end transactions.
class CommittingProcedures {
 public:
  void See(const sql::Bearing& bearing);
  bool Has(const std::string& name) const;
  bool Ends(const sql::BodyFacts& body) const;

 private:
  std::vector<std::string> names_;
};

// Fills statements and units of the migration from its script; appends what cannot be run.
void PlanUnits(const sql::Script& script, CommittingProcedures& procedures, Migration& migration,
               std::vector<core::Problem>& problems);

}  // namespace rung::migrate
