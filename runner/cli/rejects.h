// What the commands say of rows that are set aside.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backfill/ledger.h"
#include "cli/program.h"
#include "core/event.h"

namespace rung::cli {

// "1 row is", "1,500 rows are"
std::string RowsAre(int64_t rows);

// Rows set aside of these fills.
// Shape:  counts by the ledger's id of a fill.
int64_t CountSetAside(const std::vector<backfill::FillRow>& fills,
                      const std::map<int64_t, int64_t>& counts);

// "001_org: not complete, 3 rows are set aside …": everything is done but for those.
core::Notice TellSetAside(const Program& program, pg::Connection& connection,
                          const fill::BackfillFile& file);

}  // namespace rung::cli
