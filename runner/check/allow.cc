#include "check/allow.h"

#include <algorithm>

namespace rung::check {
namespace {

constexpr std::string_view kBlanks = " \t\r\f-*/";

std::string_view Trimmed(std::string_view text, std::string_view what = " \t\r\f") {
  text.remove_prefix(std::min(text.find_first_not_of(what), text.size()));
  const size_t last = text.find_last_not_of(" \t\r\f");
  return text.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// The rules that a comment's line names; none for any other line.
std::vector<Allow> ReadLine(std::string_view line) {
  std::string_view words = Trimmed(line, kBlanks);
  Allow model;
  if (words.starts_with("rung:")) {
    words = Trimmed(words.substr(5));
    if (!words.starts_with("allow ")) return {};
    words.remove_prefix(6);
    words = words.substr(0, words.find(" because"));
  } else if (words.starts_with("squawk-ignore")) {
    words.remove_prefix(13);
    model.is_foreign = true;
    model.whole_file = words.starts_with("-file");
    if (model.whole_file) words.remove_prefix(5);
    if (Trimmed(words).empty() && model.whole_file) return {model};
  } else {
    return {};
  }
  std::vector<Allow> allows;
  while (!words.empty()) {
    const size_t comma = std::min(words.find(','), words.size());
    const std::string_view rule = Trimmed(words.substr(0, comma));
    words.remove_prefix(std::min(comma + 1, words.size()));
    if (rule.empty()) continue;
    allows.push_back(model);
    allows.back().rule = rule;
  }
  return allows;
}

class Finder {
 public:
  Finder(std::string_view text, const std::vector<sql::Statement>& statements)
      : text_(text), statements_(statements) {}

  std::vector<Allow> Find() {
    ReadTop();
    for (size_t i = 0; i < statements_.size(); ++i) {
      ReadAbove(i);
      ReadBehind(i);
    }
    return std::move(found_);
  }

 private:
  void Take(std::string_view line, int number, size_t statement, bool whole_file) {
    for (Allow& allow : ReadLine(line)) {
      allow.whole_file = allow.whole_file || whole_file;
      allow.statement = statement;
      allow.line = number;
      found_.push_back(std::move(allow));
    }
  }

  void ReadLines(std::string_view comments, int number, size_t statement, bool whole_file) {
    for (size_t at = 0; at < comments.size(); ++number) {
      const size_t end = std::min(comments.find('\n', at), comments.size());
      Take(comments.substr(at, end - at), number, statement, whole_file);
      at = end + 1;
    }
  }

  // What stands above all statements: what is directly above the first one is for that alone.
  void ReadTop() {
    size_t end = 0;
    while (end < text_.size()) {
      const std::string_view line = text_.substr(end, text_.find('\n', end) - end);
      if (!Trimmed(line).empty() && !Trimmed(line).starts_with("--")) break;
      end = std::min(end + line.size() + 1, text_.size());
    }
    const bool is_first = !statements_.empty() && OffsetOf(statements_[0].head) >= end &&
                          Trimmed(text_.substr(end, OffsetOf(statements_[0].head) - end)).empty();
    top_ = is_first ? EndOfTop(text_.substr(0, end)) : end;
    ReadLines(text_.substr(0, top_), 1, 0, true);
  }

  size_t OffsetOf(std::string_view part) const {
    return static_cast<size_t>(part.data() - text_.data());
  }

  // The comments in front of a statement are part of its text.
  void ReadAbove(size_t i) {
    const sql::Statement& statement = statements_[i];
    const size_t end = OffsetOf(statement.head);
    size_t begin = std::max(OffsetOf(statement.text), std::min(top_, end));
    const size_t line_begin = begin == 0 ? 0 : text_.rfind('\n', begin - 1) + 1;
    if (!Trimmed(text_.substr(line_begin, begin - line_begin)).empty()) {
      begin = std::min(text_.find('\n', begin), end);  // behind the statement before, on its line
    }
    const int number =
        statement.head_line -
        static_cast<int>(std::count(text_.begin() + static_cast<ptrdiff_t>(begin),
                                    text_.begin() + static_cast<ptrdiff_t>(end), '\n'));
    ReadLines(text_.substr(begin, end - begin), number, i, false);
  }

  // Behind the last empty line.
  static size_t EndOfTop(std::string_view comments) {
    size_t top = 0;
    for (size_t at = 0; at < comments.size();) {
      const size_t end = comments.find('\n', at);
      if (end == std::string_view::npos) break;
      if (Trimmed(comments.substr(at, end - at)).empty()) top = end + 1;
      at = end + 1;
    }
    return top;
  }

  void ReadBehind(size_t i) {
    const sql::Statement& statement = statements_[i];
    if (statement.data) return;
    const char* end = statement.text.data() + statement.text.size();
    std::string_view rest = text_.substr(static_cast<size_t>(end - text_.data()));
    rest = Trimmed(rest.substr(0, rest.find('\n')), "; \t");
    if (!rest.starts_with("--")) return;
    Take(rest, statement.line + sql::LineAt(statement.text, statement.text.size()) - 1, i, false);
  }

  std::string_view text_;
  const std::vector<sql::Statement>& statements_;
  size_t top_ = 0;  // the end of what is for the whole file
  std::vector<Allow> found_;
};

}  // namespace

std::vector<Allow> FindAllows(std::string_view text,
                              const std::vector<sql::Statement>& statements) {
  // Most files have none.
  if (text.find("rung:") == text.npos && text.find("squawk-ignore") == text.npos) return {};
  return Finder(text, statements).Find();
}

bool IsAllowed(const std::vector<Allow>& allows, std::string_view rule, size_t statement) {
  bool is_allowed = false;
  for (const Allow& allow : allows) {
    if (!allow.rule.empty() && allow.rule != rule) continue;
    if (!allow.whole_file && allow.statement != statement) continue;
    allow.is_used = true;
    is_allowed = true;
  }
  return is_allowed;
}

}  // namespace rung::check
