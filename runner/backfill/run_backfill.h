// A whole run of one backfill: plan its fills, register them, let the workers work.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "backfill/ledger.h"
#include "backfill/run_context.h"
#include "backfill/worker.h"
#include "fill/backfill_file.h"
#include "pg/connection.h"

namespace rung::backfill {

// Errors: core::Error (kFailed) naming the file, when it changed after the backfill began.
void RequireUnchanged(const fill::BackfillFile& file, const std::vector<BackfillRow>& rows);

// What the run needs of the program around it.
struct BackfillRun {
  const pg::Target& target;
  std::string application_name;
  const pg::OwnSchema& schema;
  const core::Actor& actor;
  core::EventSink& events;
  RunSettings settings;
  std::stop_token stop;
  Redact redact;
};

// Runs or joins the backfill, with `jobs` workers on connections of their own. The tables of the
// ledger exist. A complete backfill is left alone unless `again` is set.
// Tx:     opens and commits its own.
// Errors: core::Error; everything committed is kept.
WorkEnd RunBackfill(const BackfillRun& run, pg::Connection& connection,
                    const fill::BackfillFile& file);

}  // namespace rung::backfill
