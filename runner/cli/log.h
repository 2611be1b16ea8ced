// Events as lines on standard error, as text for people or as JSON for machines.
#pragma once

#include "cli/console.h"
#include "cli/options.h"
#include "core/event.h"

namespace rung::cli {

// Sends events through Boost.Log to the console. One at a time in a program.
class Log : public core::EventSink {
 public:
  Log(Console& console, LogFormat format, Verbosity verbosity);
  ~Log() override;

  void Emit(const core::Event& event) noexcept override;

 private:
  class Backend;
  bool as_json_ = false;
};

}  // namespace rung::cli
