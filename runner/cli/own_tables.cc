#include "cli/own_tables.h"

#include "backfill/ledger.h"
#include "backfill/reject.h"
#include "backfill/run_record.h"
#include "migrate/history.h"
#include "pg/audit.h"

namespace rung::cli {

std::vector<pg::OwnStep> AllOwnSteps() {
  std::vector<pg::OwnStep> steps;
  for (const auto& room :
       {pg::AuditSteps(), migrate::HistorySteps(), migrate::StatementSteps(),
        backfill::LedgerSteps(), backfill::RunSteps(), backfill::RejectSteps()}) {
    steps.insert(steps.end(), room.begin(), room.end());
  }
  return steps;
}

}  // namespace rung::cli
