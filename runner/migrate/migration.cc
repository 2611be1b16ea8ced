#include "migrate/migration.h"

#include <fmt/format.h>

#include <set>

#include "core/error.h"
#include "files/checksum.h"
#include "files/numbered_file.h"
#include "files/sections.h"

namespace rung::migrate {
namespace {

using core::Problem;

constexpr const char* kNext = "correct the files and run it again";

// Understands the files of a directory one after the other.
class Reader {
 public:
  // Errors: core::Error (kUsage): names and texts, or no file at all.
  void ReadAll(const std::filesystem::path& directory) {
    for (files::NumberedFile& file : files::ReadNumberedFiles(directory, ".sql")) {
      Read(std::move(file));
    }
    if (!migrations.empty()) return;
    throw core::Error(
        core::Failure::kUsage,
        Problem{directory.string(), "no migrations (<digits>_<name>.sql) in here", {}},
        "nothing was run", "name the right directory with --migrations");
  }

  // The next step of all problems together.
  std::string Next() const {
    return psql_problems_ == problems.size()
               ? "take the psql commands out, or write them as SQL, then run it again"
               : kNext;
  }

  std::vector<Migration> migrations;
  std::vector<Problem> problems;

 private:
  void Read(files::NumberedFile file) {
    const std::string checksum = files::Sha256(file.bytes);
    const files::Sections sections = files::FindSections(file.bytes);
    files::BlankDowns(sections, file.bytes);
    const auto text = std::make_shared<const std::string>(std::move(file.bytes));
    sql::Script script = sql::SplitStatements(*text);
    script.no_transaction =
        script.no_transaction || !sections.in_transaction || !file.in_transaction;
    migrations.push_back(
        {file.version, file.name, file.path, checksum, TokenChecksum(text), {}, {}, text});
    sections_.See(file.path, sections.style, problems);
    for (const auto& [line, what] : sections.faults) AddProblem(file.path, {what, line, {}});
    for (const sql::Fault& fault : script.faults) AddProblem(file.path, fault);
    if (sections.faults.empty() && script.faults.empty()) {
      PlanUnits(script, procedures_, migrations.back(), problems);
    }
  }

  void AddProblem(const std::string& path, const sql::Fault& fault) {
    problems.push_back({fmt::format("{}:{}", path, fault.line), fault.what, fault.excerpt});
    if (fault.is_psql) ++psql_problems_;
  }

  files::SectionsCheck sections_;
  CommittingProcedures procedures_;
  size_t psql_problems_ = 0;
};

}  // namespace

std::vector<Migration> ReadMigrations(const std::filesystem::path& directory) {
  Reader reader;
  reader.ReadAll(directory);
  if (!reader.problems.empty()) {
    throw core::Error(core::Failure::kUsage, reader.problems, "nothing was run", reader.Next());
  }
  return std::move(reader.migrations);
}

std::vector<Migration> ReadMigrations(const std::filesystem::path& directory,
                                      std::vector<core::Problem>& problems) {
  Reader reader;
  reader.ReadAll(directory);
  problems.insert(problems.end(), reader.problems.begin(), reader.problems.end());
  return std::move(reader.migrations);
}

}  // namespace rung::migrate
