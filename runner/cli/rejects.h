// What the commands say of rows that are set aside.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "backfill/ledger.h"

namespace rung::cli {

// "1 row is", "1,500 rows are"
std::string RowsAre(int64_t rows);

// "2 of item, 1 of part": the fills that have any.
// Shape:  counts by the ledger's id of a fill.
std::string WhereSetAside(const std::vector<backfill::FillRow>& fills,
                          const std::map<int64_t, int64_t>& counts);

// Those of these fills.
int64_t CountSetAside(const std::vector<backfill::FillRow>& fills,
                      const std::map<int64_t, int64_t>& counts);

}  // namespace rung::cli
