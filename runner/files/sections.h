// The up and the down part of one migration file, as dbmate, goose and tern mark them with comments.
// Only the up part runs. Goes by lines, as those tools do, and knows nothing of SQL.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"

namespace rung::files {

enum class SectionStyle {
  kNone,
  kDbmate,  // -- migrate:up, -- migrate:down; several pairs
  kGoose,   // -- +goose Up, -- +goose Down
  kTern,    // ---- create above / drop below ----; a file without it is all up
};

struct Sections {
  SectionStyle style = SectionStyle::kNone;
  bool in_transaction = true;                       // false where a marker says so
  std::vector<std::pair<size_t, size_t>> downs;     // bytes [begin, end), in order
  std::vector<std::pair<int, std::string>> faults;  // line, what
};

Sections FindSections(std::string_view text);

// Makes the down parts blanks: lines and offsets stay what they were.
void BlankDowns(const Sections& sections, std::string& text);

// Finds a directory whose files have not all the same sections.
class SectionsCheck {
 public:
  // Appends what is wrong with this file in the company of those before it.
  void See(const std::string& path, SectionStyle style, std::vector<core::Problem>& problems);

 private:
  std::string first_path_;
  SectionStyle first_style_ = SectionStyle::kNone;
};

// What a new file begins with, so that it has the sections of its directory; may be empty.
std::string_view BlankSections(SectionStyle style);

}  // namespace rung::files
