// A temporary directory that is the working directory while it lives: messages then hold the paths
// that a user would see.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "support/project.h"

namespace rung::test {

class WorkingDirectory {
 public:
  WorkingDirectory() : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(directory_.path());
  }
  ~WorkingDirectory() { std::filesystem::current_path(before_); }
  WorkingDirectory(const WorkingDirectory&) = delete;
  WorkingDirectory& operator=(const WorkingDirectory&) = delete;

  void Write(const std::string& name, std::string_view text) const { directory_.Write(name, text); }

 private:
  TempDirectory directory_;
  std::filesystem::path before_;
};

}  // namespace rung::test
