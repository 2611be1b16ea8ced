// What a running backfill shows: one live line on a terminal, plain lines at growing intervals in a
// log. Read from the ledger, so other runs' work is in it.
#pragma once

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "backfill/ledger.h"
#include "backfill/run_record.h"
#include "cli/program.h"

namespace rung::cli {

// One backfill as a whole, at one moment.
struct BackfillProgress {
  double share = 0;  // 0 to 1, tables weighted by their rows
  int64_t rows_filled = 0;
  int64_t rows_hot = 0;
  double rows_per_second = 0;
  int workers = 0;
  int fills = 0;
  int fills_complete = 0;
  std::string now;  // the tables being swept
};

// What all the runs that work on a backfill hold for: "holding: replica lag"; empty while one works.
std::string HoldingText(const std::vector<backfill::RunRow>& alive);

BackfillProgress Summarize(const std::vector<backfill::FillRow>& fills);

// Shows progress until it is destroyed. Never fails a run: what cannot be read is not shown.
class Progress {
 public:
  Progress(Program& program, const pg::Target& target, const core::Version& version,
           const std::string& label);
  ~Progress();

 private:
  void Watch(const std::stop_token& stop);
  // Units:  worked: the time in which the rows were filled, without that of holding.
  std::string Line(const BackfillProgress& progress, std::chrono::duration<double> worked,
                   const std::string& holding) const;

  Program& program_;
  const pg::Target& target_;
  const core::Version version_;
  const std::string label_;
  double first_share_ = -1;
  std::jthread thread_;
};

}  // namespace rung::cli
