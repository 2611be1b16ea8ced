// Pausing, resuming, cancelling and tuning a backfill, from anywhere. Its state is a row that every worker reads
// with each claim, so all of them follow it after the batch that they are at.
#pragma once

#include <map>
#include <string>

#include "backfill/ledger.h"
#include "core/actor.h"
#include "pg/connection.h"
#include "pg/own_schema.h"

namespace rung::backfill {

enum class Control { kPause, kResume, kCancel };

// "paused"
const char* StateAfter(Control control);

// The backfill with this number, name or label; with an empty text the only one that is begun and not
// complete.
// Errors: core::Error (kUsage): none, or more than one.
const BackfillRow& FindBackfill(const std::vector<BackfillRow>& rows, const std::string& name);

// False where it is so already.
// Tx:     opens and commits its own, with the event of it.
// Errors: core::Error (kFailed) for a complete backfill, and for a cancelled one that is to be
//         paused: nothing is changed.
bool ApplyControl(pg::Connection& connection, const pg::OwnSchema& schema, const core::Actor& actor,
                  const BackfillRow& row, Control control);

// Changes the limits of every run of the backfill, those that go on and those that come: adds to what was
// tuned before, or begins anew.
// Returns what is tuned then, by the limits' names.
// Tx:     opens and commits its own, with the event of it.
// Errors: core::Error (kFailed) for a complete backfill: nothing is changed.
std::map<std::string, std::string> TuneBackfill(pg::Connection& connection,
                                                const pg::OwnSchema& schema,
                                                const core::Actor& actor, const BackfillRow& row,
                                                bool anew,
                                                const std::map<std::string, std::string>& limits);

}  // namespace rung::backfill
