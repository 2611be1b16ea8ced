#include "files/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace rung::files {
namespace {

constexpr std::string_view kTernMarker = "---- create above / drop below ----";

enum class Mark { kNone, kUp, kDown, kNoTransaction, kNoMeaning, kFault };

struct Marker {
  SectionStyle style = SectionStyle::kNone;
  Mark mark = Mark::kNone;
  bool in_transaction = true;  // of an up marker
  std::string fault;
};

bool IsBlank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f'; }

std::string_view Trimmed(std::string_view text) {
  while (!text.empty() && IsBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsBlank(text.back())) text.remove_suffix(1);
  return text;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// "up", "up transaction:false", "down" behind `-- migrate:`.
Marker ReadDbmate(std::string_view rest) {
  const size_t end = std::min(rest.find_first_of(" \t"), rest.size());
  const std::string_view word = rest.substr(0, end);
  Marker marker{SectionStyle::kDbmate, Mark::kNone, true, ""};
  if (word == "up") marker.mark = Mark::kUp;
  if (word == "down") marker.mark = Mark::kDown;
  if (marker.mark == Mark::kNone) return {};
  marker.in_transaction = rest.find("transaction:false") == std::string_view::npos;
  return marker;
}

// "Up", "NO TRANSACTION" … behind `-- +goose`.
Marker ReadGoose(std::string_view rest) {
  struct Annotation {
    std::string_view name;
    Mark mark;
  };
  constexpr Annotation kAnnotations[] = {
      {"Up", Mark::kUp},
      {"Down", Mark::kDown},
      {"NO TRANSACTION", Mark::kNoTransaction},
      {"StatementBegin", Mark::kNoMeaning},
      {"StatementEnd", Mark::kNoMeaning},
      {"ENVSUB OFF", Mark::kNoMeaning},
  };
  for (const Annotation& annotation : kAnnotations) {
    if (EqualsIgnoringCase(rest, annotation.name)) {
      return {SectionStyle::kGoose, annotation.mark, true, ""};
    }
  }
  return {SectionStyle::kGoose, Mark::kFault, true,
          EqualsIgnoringCase(rest, "ENVSUB ON")
              ? "`-- +goose ENVSUB ON`: environment variables are not put into SQL here, write the "
                "values out"
              : fmt::format("`-- +goose {}` is not understood", rest)};
}

Marker ReadMarker(std::string_view line) {
  if (!line.starts_with("--")) return {};
  line = Trimmed(line);
  if (line == kTernMarker) return {SectionStyle::kTern, Mark::kDown, true, ""};
  const std::string_view rest = Trimmed(line.substr(2));
  if (rest.starts_with("migrate:")) return ReadDbmate(rest.substr(8));
  if (rest.starts_with("+goose ")) return ReadGoose(Trimmed(rest.substr(7)));
  return {};
}

std::string_view ToolOf(SectionStyle style) {
  switch (style) {
    case SectionStyle::kNone:
      return "";
    case SectionStyle::kDbmate:
      return "dbmate";
    case SectionStyle::kGoose:
      return "goose";
    case SectionStyle::kTern:
      return "tern";
  }
  return "";
}

std::string_view UpMarkerOf(SectionStyle style) {
  if (style == SectionStyle::kDbmate) return "-- migrate:up";
  if (style == SectionStyle::kGoose) return "-- +goose Up";
  return "";
}

// Walks over the lines of a file.
class SectionReader {
 public:
  Sections Read(std::string_view text) {
    for (size_t at = 0; at < text.size();) {
      const size_t end = std::min(text.find('\n', at), text.size());
      ++line_;
      See(text.substr(at, end - at), at, std::min(end + 1, text.size()));
      at = end + 1;
    }
    if (is_down_) sections_.downs.emplace_back(down_, text.size());
    CheckUps();
    return std::move(sections_);
  }

 private:
  void See(std::string_view line, size_t begin, size_t end) {
    const Marker marker = ReadMarker(line);
    if (marker.mark == Mark::kNone) {
      if (line_of_text_ == 0 && !HasMarker() && !line.starts_with("--") && !Trimmed(line).empty()) {
        line_of_text_ = line_;
      }
      return;
    }
    if (marker.mark == Mark::kFault) sections_.faults.emplace_back(line_, marker.fault);
    if (sections_.style != SectionStyle::kNone && marker.style != sections_.style) {
      sections_.faults.emplace_back(line_,
                                    fmt::format("a marker of {} in a file with the sections of {}",
                                                ToolOf(marker.style), ToolOf(sections_.style)));
      return;
    }
    if (marker.mark == Mark::kNoTransaction || !marker.in_transaction) {
      sections_.in_transaction = false;
    }
    if (marker.mark == Mark::kUp) {
      sections_.style = marker.style;
      has_up_ = true;
      if (is_down_) sections_.downs.emplace_back(down_, begin);
      is_down_ = false;
    } else if (marker.mark == Mark::kDown) {
      sections_.style = marker.style;
      if (line_of_down_ == 0) line_of_down_ = line_;
      if (!is_down_) down_ = end;
      is_down_ = true;
    }
  }

  bool HasMarker() const { return has_up_ || line_of_down_ != 0; }

  void CheckUps() {
    const std::string_view up = UpMarkerOf(sections_.style);
    if (up.empty()) return;
    if (!has_up_) {
      sections_.faults.emplace_back(line_of_down_, fmt::format("a down section, and no `{}`", up));
    } else if (line_of_text_ != 0) {
      sections_.faults.emplace_back(line_of_text_, fmt::format("SQL before the first `{}`", up));
    }
  }

  Sections sections_;
  int line_ = 0;
  int line_of_text_ = 0;  // that stands before any marker; 0 for none
  int line_of_down_ = 0;
  size_t down_ = 0;  // where the open down section begins
  bool is_down_ = false;
  bool has_up_ = false;
};

}  // namespace

Sections FindSections(std::string_view text) { return SectionReader().Read(text); }

void BlankDowns(const Sections& sections, std::string& text) {
  for (const auto& [begin, end] : sections.downs) {
    for (size_t at = begin; at < end; ++at) {
      if (text[at] != '\n' && text[at] != '\r') text[at] = ' ';
    }
  }
}

void SectionsCheck::See(const std::string& path, SectionStyle style,
                        std::vector<core::Problem>& problems) {
  if (first_path_.empty() ||
      (first_style_ == SectionStyle::kNone && style == SectionStyle::kTern)) {
    first_path_ = path;
    first_style_ = style;
    return;
  }
  if (style == first_style_ ||
      (style == SectionStyle::kNone && first_style_ == SectionStyle::kTern)) {
    return;
  }
  std::string what;
  if (style == SectionStyle::kNone) {
    what = fmt::format("has no `{}`, but {} has", UpMarkerOf(first_style_), first_path_);
  } else if (first_style_ == SectionStyle::kNone) {
    what = fmt::format("has a `{}`, but {} has none", UpMarkerOf(style), first_path_);
  } else {
    what = fmt::format("has the sections of {}, but {} those of {}", ToolOf(style), first_path_,
                       ToolOf(first_style_));
  }
  problems.push_back({path, what + ": a directory has one style", {}});
}

std::string_view BlankSections(SectionStyle style) {
  switch (style) {
    case SectionStyle::kNone:
    case SectionStyle::kTern:
      return "";
    case SectionStyle::kDbmate:
      return "-- migrate:up\n\n-- migrate:down\n";
    case SectionStyle::kGoose:
      return "-- +goose Up\n\n-- +goose Down\n";
  }
  return "";
}

}  // namespace rung::files
