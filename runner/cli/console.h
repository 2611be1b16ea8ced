// Standard output for results, standard error for everything else, both through the redactor. A
// reader that has gone ends the printing, never the work.
#pragma once

#include <mutex>
#include <string>
#include <string_view>

#include "core/redactor.h"

namespace rung::cli {

class Console {
 public:
  core::Redactor& redactor() { return redactor_; }

  // A result. Control characters of the data must be escaped by whoever formats it.
  void WriteResult(std::string_view text);

  // A line of chatter; the line break is added. May be called from any thread.
  void WriteLine(std::string_view line);

  // A text as it is: errors.
  void WriteError(std::string_view text);

  // Shows this line below all others until it is replaced; empty takes it away. Terminals only.
  void ShowLiveLine(std::string_view line);

  // Is standard error a terminal that can repaint a line?
  static bool IsTerminal();

  // Columns of that terminal.
  static size_t Columns();

  // False once a result could not be written for another reason than a reader that left.
  bool results_are_whole() const { return results_are_whole_; }

 private:
  void WriteAll(int descriptor, std::string_view text);

  core::Redactor redactor_;
  std::mutex mutex_;
  std::string live_line_;
  bool reader_is_gone_ = false;
  bool results_are_whole_ = true;
};

}  // namespace rung::cli
