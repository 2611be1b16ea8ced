// A project directory of a test's own: migrations/, backfills/ and a database to run them on.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/database.h"
#include "support/process.h"

namespace rung::test {

// A directory that is removed at the end.
class TempDirectory {
 public:
  TempDirectory();
  ~TempDirectory();
  TempDirectory(const TempDirectory&) = delete;
  TempDirectory& operator=(const TempDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }

  // Makes the file, and the directories above it.
  void Write(const std::string& name, std::string_view text) const;

 private:
  std::filesystem::path path_;
};

class Project {
 public:
  Project();

  TestDatabase database;
  TempDirectory directory;

  void Write(const std::string& name, std::string_view text) const { directory.Write(name, text); }

  // "rung up …" in this project, on this database.
  Command Rung(std::vector<std::string> arguments) const;
  Result Run(std::vector<std::string> arguments) const {
    return test::Run(Rung(std::move(arguments)));
  }

  // Same, and the test fails where the exit status is another.
  Result RunExpecting(int exit, std::vector<std::string> arguments) const;
};

// The repository's own files: migrations, backfills, scripts.
std::filesystem::path SourceDirectory();

}  // namespace rung::test
