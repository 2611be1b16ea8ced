#include "migrate/migration.h"

#include <fmt/format.h>

#include <optional>

#include "core/error.h"
#include "files/checksum.h"
#include "files/numbered_file.h"
#include "sql/tokens.h"

namespace rung::migrate {
namespace {

using core::Problem;
using sql::Control;
using sql::Statement;

// Sorts a file's statements into units while walking over its own transaction control.
class UnitPlanner {
 public:
  UnitPlanner(const std::string& path, const sql::Script& script, Migration& migration)
      : path_(path), script_(script), migration_(migration) {}

  // Appends what cannot be run to `problems`.
  void Plan(std::vector<Problem>& problems) {
    for (const Statement& statement : script_.statements) {
      if (auto fault = Take(statement)) {
        problems.push_back(
            {fmt::format("{}:{}", path_, statement.head_line), *fault, {statement.head}});
        return;
      }
    }
    if (block_line_ != 0) {
      problems.push_back({fmt::format("{}:{}", path_, block_line_),
                          "a BEGIN without a COMMIT: nothing of the file would be kept",
                          {}});
    }
    const bool splits = has_blocks_ || has_outside_ || script_.no_transaction;
    if (!splits || migration_.statements.empty()) {
      migration_.units = {Unit{0, migration_.statements.size(), true}};
    }
  }

 private:
  std::optional<std::string> Take(const Statement& statement) {
    switch (statement.control) {
      case Control::kBegin:
        if (block_line_ != 0)
          return fmt::format("a BEGIN inside the block of line {}", block_line_);
        // Only a block with statements around it, or a second one, makes the file more than one
        // unit.
        if (!migration_.statements.empty()) has_blocks_ = true;
        block_line_ = statement.head_line;
        block_begin_ = migration_.statements.size();
        return std::nullopt;
      case Control::kCommit:
        // Without a BEGIN there is nothing to end, as in psql.
        if (block_line_ == 0) return std::nullopt;
        if (migration_.statements.size() > block_begin_) {
          migration_.units.push_back({block_begin_, migration_.statements.size(), true});
        }
        block_line_ = 0;
        block_closed_ = true;
        return std::nullopt;
      case Control::kCommitAndChain:
        return "COMMIT AND CHAIN is not understood: write COMMIT and BEGIN";
      case Control::kRollback:
        return "a ROLLBACK would undo what the history records";
      case Control::kTwoPhase:
        return "a prepared transaction outlives the file";
      case Control::kSavepoint:
      case Control::kNone:
        return TakeOrdinary(statement);
    }
    return std::nullopt;
  }

  std::optional<std::string> TakeOrdinary(const Statement& statement) {
    const bool outside = !statement.outside.empty();
    if (block_line_ != 0) {
      if (outside) {
        return fmt::format("{} cannot run inside the transaction block of line {}",
                           statement.outside, block_line_);
      }
    } else {
      const size_t at = migration_.statements.size();
      const bool bare = outside || script_.no_transaction;
      migration_.units.push_back({at, at + 1, !bare});
      if (block_closed_) has_blocks_ = true;
      has_outside_ = has_outside_ || outside;
    }
    migration_.statements.push_back(statement);
    return std::nullopt;
  }

  const std::string& path_;
  const sql::Script& script_;
  Migration& migration_;
  int block_line_ = 0;  // of the BEGIN that is open; 0 outside of a block
  size_t block_begin_ = 0;
  bool block_closed_ = false;
  bool has_blocks_ = false;
  bool has_outside_ = false;
};

}  // namespace

std::vector<Migration> ReadMigrations(const std::filesystem::path& directory) {
  std::vector<Migration> migrations;
  std::vector<Problem> problems;
  for (const files::NumberedFile& file : files::ReadNumberedFiles(directory, ".sql")) {
    std::optional<sql::Fault>
        fault;  // the server may be newer than our parser: it has the last word
    const sql::Script script = sql::SplitStatements(file.bytes, fault);
    migrations.push_back({file.version,
                          file.name,
                          file.path,
                          files::Sha256(file.bytes),
                          files::Sha256(sql::TokenText(file.bytes)),
                          {},
                          {}});
    UnitPlanner(file.path, script, migrations.back()).Plan(problems);
  }
  if (!problems.empty()) {
    throw core::Error(core::Failure::kUsage, std::move(problems), "nothing was run",
                      "correct the files and run it again");
  }
  if (migrations.empty()) {
    throw core::Error(
        core::Failure::kUsage,
        Problem{directory.string(), "no migrations (<digits>_<name>.sql) in here", {}},
        "nothing was run", "name the right directory with --migrations");
  }
  return migrations;
}

}  // namespace rung::migrate
