// What the database knows of one backfill, as status shows it: its tables, who works on it, the signals
// that it is paced by, and what it has cost.
#pragma once

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "backfill/ledger.h"
#include "backfill/run_record.h"

namespace rung::cli {

struct BackfillStatus {
  std::vector<backfill::FillRow> fills;
  std::vector<backfill::FillReceipt> receipts;  // of the same fills, in the same order
  std::vector<backfill::RunRow> runs;           // newest first
  std::map<int64_t, int64_t> rejects;           // rows set aside, by the fill's id
  std::vector<std::string> guards;              // tables with a trigger of rung's
};

// Tx:     none; reads.
BackfillStatus ReadBackfillStatus(pg::Connection& connection, const pg::OwnSchema& schema,
                                  const core::Version& version);

// The tables and, while somebody works, who does and what the server's signals are.
std::string ProgressText(const BackfillStatus& status);

// What each table has cost, and each run.
std::string ReceiptText(const BackfillStatus& status);

// Adds its members to the rung's object.
void AddToJson(const BackfillStatus& status, nlohmann::ordered_json& rung);

}  // namespace rung::cli
