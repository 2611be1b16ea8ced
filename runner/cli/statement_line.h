// What is shown of a long statement: one live line on a terminal, lines at growing intervals in a
// log. All other events pass through.
#pragma once

#include <chrono>
#include <mutex>

#include "cli/program.h"

namespace rung::cli {

// Is a line due in a log? After two seconds, after five, then every thirty.
// Shape:  `told` is the elapsed time of the statement's last one, zero where there was none.
bool IsLineDue(std::chrono::milliseconds elapsed, std::chrono::milliseconds told);

class StatementLine : public core::EventSink {
 public:
  explicit StatementLine(Program& program);
  ~StatementLine() override;
  StatementLine(const StatementLine&) = delete;
  StatementLine& operator=(const StatementLine&) = delete;

  void Emit(const core::Event& event) noexcept override;

 private:
  void Show(const core::StatementRunning& running);

  Program& program_;
  const bool is_live_;
  std::mutex mutex_;
  std::chrono::milliseconds seen_{0};  // of the statement that runs
  std::chrono::milliseconds told_{0};
  bool is_shown_ = false;
};

}  // namespace rung::cli
