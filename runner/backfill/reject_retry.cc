#include "backfill/reject_retry.h"

#include <fmt/format.h>

#include <optional>

#include "backfill/ledger.h"
#include "fill/fill_sql.h"
#include "pg/transaction.h"

namespace rung::backfill {
namespace {

// Rows written; nullopt where the server refuses it, with the reason in `reject`.
std::optional<int64_t> TryRow(pg::Transaction& transaction, const std::string& update,
                              Reject& reject, const Redact& redact) {
  transaction.Exec("SAVEPOINT rung_row");
  try {
    return static_cast<int64_t>(transaction.Exec(update, {reject.key}).affected_rows());
  } catch (const pg::ServerError& error) {
    if (!pg::BlamesARow(error.sqlstate)) throw;
    transaction.Exec("ROLLBACK TO SAVEPOINT rung_row");
    reject.sqlstate = error.sqlstate;
    reject.message = redact(error.message);
    return std::nullopt;
  }
}

}  // namespace

std::string UpdateOfRow(const FillPlan& plan) {
  const std::string is_row = HasKey(plan.relation, "$1::text[]");
  return fmt::format("UPDATE ONLY {} AS {} SET {} {} WHERE {} AND {}", plan.relation.name,
                     fill::kAlias, fill::SetClause(plan.fill), fill::FromClause(plan.fill), is_row,
                     FillableExcept(plan.fill, fmt::format("({}) IS NOT TRUE", is_row)));
}

RetryResult RetryRejects(pg::Connection& connection, const pg::OwnSchema& schema,
                         const FillPlan& plan, const std::vector<Reject>& rejects,
                         const Redact& redact) {
  const std::string update = UpdateOfRow(plan);
  RetryResult result;
  for (Reject reject : rejects) {
    pg::Transaction transaction(connection, kBatchTransaction);
    if (!HoldReject(transaction, schema, reject)) continue;
    const auto rows = TryRow(transaction, update, reject, redact);
    if (!rows) {
      SaveRejects(transaction, schema, reject.fill_id, {reject});
      ++result.refused;
    } else {
      DropReject(transaction, schema, reject);
      if (*rows > 0) AddRowsFilled(transaction, schema, reject.fill_id, *rows);
      ++(*rows > 0 ? result.filled : result.settled);
    }
    transaction.Commit();
  }
  return result;
}

}  // namespace rung::backfill
