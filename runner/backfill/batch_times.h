// How long batches took, as counts in buckets that the ledger can add up. Pure.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

namespace rung::backfill {

// The bucket of a batch, from 1: each reaches a quarter of a power of two further than the one before
// (1.19 times), the first to 1 ms. Later than the last goes into the last.
int BatchTimeBucket(std::chrono::microseconds took);

// The time within which that share of the batches was done, to about a tenth.
// Shape:  counts by bucket, as the ledger keeps them; share in (0, 1]. 0 where there is none.
std::chrono::microseconds BatchTimeWithin(const std::vector<int64_t>& counts, double share);

}  // namespace rung::backfill
