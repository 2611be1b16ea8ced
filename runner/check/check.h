// Looks at a whole ladder without a database: file after file, each statement by every rule. Knows
// nothing of directories and of how findings are shown. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "check/allow.h"
#include "check/known.h"
#include "check/look.h"
#include "check/rule.h"
#include "core/error.h"
#include "core/version.h"
#include "sql/statements.h"

namespace rung::check {

// Statements [begin, end) of a file that are kept or lost together.
struct Block {
  size_t begin = 0;
  size_t end = 0;
  bool in_transaction = true;
};

// A file as the rules see it; everything lives longer than the call that it is for.
struct File {
  const core::Version& version;
  const std::string& path;
  std::string_view text;
  const std::vector<sql::Statement>& statements;
  const std::vector<Block>& blocks;
};

struct Finding {
  const Rule* rule = nullptr;
  std::string path;
  int line = 0;      // 0: of the whole file
  std::string what;  // of this place: "users.email is dropped"
  std::vector<std::string> excerpt;
};

struct CheckSettings {
  std::optional<core::Version> from;  // older files only tell what there is
  bool is_supabase = false;           // whether the ladder looks like it or not
};

class Checker {
 public:
  explicit Checker(CheckSettings settings) : settings_(std::move(settings)) {}

  // A file or backfill that cannot be read: its problem as a finding.
  void AddProblem(std::string_view rule, const core::Problem& problem);

  // Files come lowest number first.
  void Look(const File& file);

  // All findings, in the order of files and lines. Called once, at the end.
  std::vector<Finding> Finish();

 private:
  struct Seen {
    std::string path;
    bool is_judged = true;
    std::vector<int> lines;  // of the statements
    std::vector<Allow> allows;
  };

  struct Found {
    Finding finding;
    size_t file = 0;
  };

  void LookAt(const File& file, size_t i, const Block& block, size_t block_number);
  void Add(size_t file, std::string_view rule, size_t statement, std::string what);
  void JudgeAllows(const Seen& seen, size_t file);
  void Recognize(const PgQuery__Node& node, std::string_view text);

  CheckSettings settings_;
  Known known_;
  FileState state_;
  std::vector<Seen> seen_;
  std::vector<Finding> problems_;
  std::vector<Found> found_;
  bool looks_like_supabase_ = false;
  bool looks_like_clerk_ = false;
};

}  // namespace rung::check
