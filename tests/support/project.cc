#include "support/project.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace rung::test {

TempDirectory::TempDirectory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "rung_test_XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  path_ = pattern;
}

TempDirectory::~TempDirectory() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

void TempDirectory::Write(const std::string& name, std::string_view text) const {
  const std::filesystem::path path = path_ / name;
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

Project::Project() { std::filesystem::create_directories(directory.path() / "migrations"); }

Command Project::Rung(std::vector<std::string> arguments) const {
  return {.arguments = std::move(arguments),
          .directory = directory.path().string(),
          .environment = {database.environment()},
          .program = {}};
}

Result Project::RunExpecting(int exit, std::vector<std::string> arguments) const {
  Result result = Run(std::move(arguments));
  EXPECT_EQ(result.exit, exit) << result.out << result.err;
  return result;
}

std::filesystem::path SourceDirectory() { return RUNG_SOURCE_DIR; }

}  // namespace rung::test
